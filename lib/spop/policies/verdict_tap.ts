/**
 * Verdicts as they are given, for people who look: what was asked, what was answered, how long it took. While nobody looks
 * it costs a branch a message.
 *
 * What a message holds may be secret: credentials are hidden, bytes are only counted, long texts are cut.
 */
import { Ip, type Scope, type Value } from "../codec/mod.ts";
import type { Message } from "../message.ts";
import type { Policy, PolicyActions } from "./policy.ts";

/** A verdict, as plain JSON. */
export interface VerdictRecord {
  readonly message: string;
  readonly policy: string;
  /** `failed`: it threw, and its default was the answer. `late`: it took longer than HAProxy was made to wait. */
  readonly outcome: "answered" | "failed" | "late";
  /** From the call of the policy to its verdict, in microseconds. */
  readonly us: number;
  readonly engine_id: string;
  /** HAProxy's stream-id; beyond 2^53 - 1 as text. */
  readonly stream_id: number | string;
  /** HAProxy's frame-id: all messages of one NOTIFY share it. */
  readonly frame_id: number | string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly actions: readonly VerdictAction[];
}

/** An action, as plain JSON. */
export type VerdictAction =
  | { readonly type: "set_var"; readonly scope: Scope; readonly name: string; readonly value: unknown }
  | { readonly type: "unset_var"; readonly scope: Scope; readonly name: string };

/** Stands between the agent and its policies. */
export class VerdictTap {
  /** Whether anybody looks. */
  isOpen = false;
  readonly #onVerdict: (verdict: VerdictRecord) => void;
  readonly #deadlineMs: number;

  /**
   * @param deadlineMs after which a verdict is late
   * @param onVerdict gets each verdict while the tap is open
   */
  constructor(deadlineMs: number, onVerdict: (verdict: VerdictRecord) => void) {
    this.#deadlineMs = deadlineMs;
    this.#onVerdict = onVerdict;
  }

  /** Has a policy decide; whoever looks is told. Throws what the policy throws. */
  decide(policy: Policy, message: Message, actions: PolicyActions): void | Promise<void> {
    if (!this.isOpen) return policy.decide(message, actions);
    const startedAt = performance.now();
    const { args } = message.toJSON();
    const { engineId, streamId, frameId } = message;
    const watched = new WatchedActions(actions);
    const tell = (outcome: "answered" | "failed") => {
      const ms = performance.now() - startedAt;
      const said = outcome === "answered" ? watched.said : defaultsOf(policy);
      this.#onVerdict({
        message: message.name,
        policy: policy.name,
        outcome: ms > this.#deadlineMs ? "late" : outcome,
        us: Math.round(ms * 1000),
        engine_id: engineId,
        stream_id: shownId(streamId),
        frame_id: shownId(frameId),
        args: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, shownArgument(name, value)])),
        actions: said,
      });
    };
    try {
      const deciding = policy.decide(message, watched);
      if (!(deciding instanceof Promise)) return tell("answered");
      return deciding.then(() => tell("answered"), (thrown) => {
        tell("failed");
        throw thrown;
      });
    } catch (thrown) {
      tell("failed");
      throw thrown;
    }
  }
}

/** Hands everything on, and remembers it. */
class WatchedActions implements PolicyActions {
  readonly said: VerdictAction[] = [];
  readonly #actions: PolicyActions | undefined;

  constructor(actions?: PolicyActions) {
    this.#actions = actions;
  }

  set(scope: Scope, name: string, value: Value): void {
    this.#actions?.set(scope, name, value);
    this.said.push({ type: "set_var", scope, name, value: shownValue(value) });
  }

  unset(scope: Scope, name: string): void {
    this.#actions?.unset(scope, name);
    this.said.push({ type: "unset_var", scope, name });
  }
}

function defaultsOf(policy: Policy): readonly VerdictAction[] {
  const watched = new WatchedActions();
  policy.defaults(watched);
  return watched.said;
}

function shownId(id: number | bigint): number | string {
  return typeof id === "bigint" ? String(id) : id;
}

/** Arguments whose texts are nobody's business. */
const SECRET = /auth|cookie|token|secret|password|signature/i;
const LONGEST_TEXT = 200;

function shownArgument(name: string, value: Value): unknown {
  return SECRET.test(name) && typeof value === "string" ? "(hidden)" : shownValue(value);
}

/** A value as JSON has it; integers beyond 2^53 - 1 as text. */
function shownValue(value: Value): unknown {
  if (value instanceof Ip || typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return { bytes: value.length };
  return typeof value === "string" && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
}
