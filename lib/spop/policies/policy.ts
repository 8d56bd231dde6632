/**
 * What a policy is: it says which message it wants and which variables it sets, decides on each message, and can read its
 * files again while it works (SPOE.txt, "SPOE configuration").
 */
import { HappiError } from "../../errors.ts";
import { Ip, type Scope, type Value } from "../codec/mod.ts";

/** A decision on live traffic. Made by a `create…` function from its options; ended with `await using` or by its owner. */
export interface Policy extends AsyncDisposable {
  /** Its name in the configuration, `[spoa.NAME]`. */
  readonly name: string;
  /** Which policy it is: `ip_reputation`, `rate` … */
  readonly kind: string;
  /** What HAProxy must send. */
  readonly message: MessageSpec;
  /** The variables that it may set or unset. */
  readonly sets: readonly VariableSpec[];
  /**
   * Decides on one message. One that answers at once keeps nothing of the message.
   *
   * @throws {HappiError} when it cannot decide; `defaults` is the answer then
   */
  decide(message: PolicyMessage, actions: PolicyActions): void | Promise<void>;
  /** The verdict when `decide` throws or is late. Never throws, never waits. */
  defaults(actions: PolicyActions): void;
  /**
   * Reads its files and URLs again. What it has stays in use until all of the new is good; a bad file changes nothing.
   *
   * @param signal gives up
   * @throws {HappiError} when something could not be read
   */
  reload?(signal?: AbortSignal): Promise<void>;
  /** Counters and sizes, for metrics and for people. */
  stats?(): Record<string, number | string>;
}

/** A message as a policy sees it; the agent's `Message` is one, and so is a plain object. */
export interface PolicyMessage {
  /** The message's name. */
  readonly name: string;
  /** Arguments by name; `undefined` for those that HAProxy did not send. */
  readonly args: Readonly<Record<string, Value | undefined>>;
}

/** Where a policy's verdict goes; the agent's `Actions` is one. */
export interface PolicyActions {
  /** Sets a variable. */
  set(scope: Scope, name: string, value: Value): void;
  /** Unsets a variable. */
  unset(scope: Scope, name: string): void;
}

/** When HAProxy sends a message: the events of `spoe.conf`. */
export const EVENTS = [
  "on-client-session",
  "on-frontend-tcp-request",
  "on-frontend-http-request",
  "on-server-session",
  "on-backend-tcp-request",
  "on-backend-http-request",
  "on-tcp-response",
  "on-http-response",
] as const;

/** An event of `spoe.conf`. */
export type SpoeEvent = typeof EVENTS[number];

/** A message that HAProxy must be told to send. */
export interface MessageSpec {
  /** The message's name: `spoe-message NAME`. */
  readonly name: string;
  /** Its arguments: `args NAME=FETCH …`. */
  readonly args: readonly ArgumentSpec[];
  /** When it is sent: `event EVENT`. */
  readonly event: SpoeEvent;
}

/** What an argument or a variable may be. */
export type SpecType = "ip" | "string" | "binary" | "integer" | "boolean";

/** An argument of a message. */
export interface ArgumentSpec {
  /** Its name. */
  readonly name: string;
  /** What it may be; the policy takes any of these. */
  readonly types: readonly SpecType[];
  /** The HAProxy expression that usually gives it: `src`, `req.fhdr(user-agent)`. */
  readonly fetch: string;
  /** Whether the policy does without it; not so where it is not said. */
  readonly isOptional?: boolean;
}

/** A variable that a policy sets. */
export interface VariableSpec {
  /** How long it lives. */
  readonly scope: Scope;
  /** Its name without scope and prefix. */
  readonly name: string;
  /** What it is. */
  readonly type: SpecType;
  /** What it says, in a line. */
  readonly description: string;
}

/** A policy cannot be made from the options that it was given. */
export class InvalidPolicy extends HappiError {
  /**
   * @param policy the policy's name
   * @param why what is wrong, with the option and its value in quotes
   */
  constructor(policy: string, why: string, cause?: unknown) {
    super("invalid_policy", `Cannot make policy "${policy}": ${why}`, cause === undefined ? undefined : { cause });
  }
}

/**
 * The address that an argument is: one that came as address, or as text that reads as one; IPv4-mapped IPv6 is IPv4.
 *
 * @param value the argument
 * @returns the address, or `undefined` when it is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { addressOf } from "./policy.ts";
 * assert.equal(String(addressOf("::ffff:192.0.2.1")), "192.0.2.1");
 * assert.equal(addressOf("unknown"), undefined);
 * ```
 */
export function addressOf(value: Value | undefined): Ip | undefined {
  if (value instanceof Ip) return value.unmapped();
  if (typeof value !== "string" || value.length > MAX_ADDRESS_TEXT) return undefined;
  try {
    return Ip.parse(value).unmapped();
  } catch {
    return undefined;
  }
}

/** `::ffff:` in full and a dotted end. */
const MAX_ADDRESS_TEXT = 45;
