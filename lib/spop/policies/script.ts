/**
 * The user's own decision: a TypeScript or JavaScript module that exports `default function (message, actions)`.
 *
 * It runs inside happi with all of happi's rights, so only the configuration may name it. On reload the new version takes
 * over when it is good; a broken one changes nothing and is reported.
 */
import { reason } from "../../errors.ts";
import { checkOptions, event, given, integer, list, text, word } from "./option_checks.ts";
import {
  type ArgumentSpec,
  InvalidPolicy,
  type MessageSpec,
  type Policy,
  type PolicyActions,
  type PolicyMessage,
  type SpoeEvent,
  type VariableSpec,
} from "./policy.ts";
import { handlerOf, type ScriptHandler, UnusableScript } from "./script/handler.ts";
import { loadModule } from "./script/load_module.ts";
import { checkSpecs } from "./script/specs.ts";

/** Which module, and what it deals with. */
export interface ScriptOptions {
  /** The policy's name, `script` if not said. */
  readonly name?: string;
  /** The module: a `.ts` or `.js` file. */
  readonly file: string;
  /** The message's name; the policy's name if not said. */
  readonly message?: string;
  /** When HAProxy sends it, `on-frontend-http-request` if not said. */
  readonly event?: SpoeEvent;
  /** What HAProxy must send, for the generated configuration: `{ name: "ip", types: ["ip"], fetch: "src" }`. */
  readonly args?: readonly ArgumentSpec[];
  /** The variables that it sets, for the generated configuration. */
  readonly sets?: readonly VariableSpec[];
  /** How long it may take to load, and an old version to end: 10 seconds if not said. */
  readonly loadTimeoutMs?: number;
  /** Imports a module, anew for each version; the runtime's own import if not given. */
  readonly load?: (path: string, version: string) => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Makes the policy.
 *
 * @param options the module
 * @throws {InvalidPolicy} when the options do not fit
 * @throws {UnusableScript} when the module cannot be loaded or exports no handler
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createScript } from "./script.ts";
 * await using policy = await createScript({
 *   file: "hello.ts",
 *   load: () => Promise.resolve({
 *     default: (message: { name: string }, actions: { set(scope: string, name: string, value: string): void }) =>
 *       actions.set("session", "greeting", `hello ${message.name}`),
 *   }),
 * });
 * const variables = new Map<string, unknown>();
 * policy.decide({ name: "world", args: {} }, {
 *   set: (_scope, name, value) => void variables.set(name, value),
 *   unset: () => {},
 * });
 * assert.equal(variables.get("greeting"), "hello world");
 * ```
 */
export async function createScript(options: ScriptOptions): Promise<Policy> {
  const { name = "script" } = options;
  checkOptions(name, options, {
    name: word,
    file: text(4096),
    message: word,
    event,
    args: list,
    sets: list,
    loadTimeoutMs: integer(1, 600_000),
    load: given,
  });
  checkSpecs(name, options);
  if (options.file === undefined) throw new InvalidPolicy(name, 'option "file" is missing');
  const policy = new ScriptPolicy(name, options);
  await policy.reload();
  return policy;
}

/** In one process no two loads may have the same address, whichever policy makes them. */
let loads = 0;

class ScriptPolicy implements Policy {
  readonly name: string;
  readonly kind = "script";
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[];
  readonly #file: string;
  readonly #load: (path: string, version: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly #timeoutMs: number;
  #handler: ScriptHandler = NOTHING;
  #version = 0;
  #broken = "";

  constructor(name: string, options: ScriptOptions) {
    this.name = name;
    this.#file = options.file;
    this.#load = options.load ?? loadModule;
    this.#timeoutMs = options.loadTimeoutMs ?? 10_000;
    this.message = {
      name: options.message ?? name,
      event: options.event ?? "on-frontend-http-request",
      args: options.args ?? [],
    };
    this.sets = options.sets ?? [];
  }

  decide(message: PolicyMessage, actions: PolicyActions): void | Promise<void> {
    return this.#handler.decide(message, actions);
  }

  defaults(actions: PolicyActions): void {
    this.#handler.defaults?.(actions);
  }

  async reload(): Promise<void> {
    let handler: ScriptHandler;
    try {
      const loading = this.#load(this.#file, `${Date.now()}-${++loads}`);
      handler = handlerOf(await within(loading, this.#timeoutMs), this.#file);
    } catch (thrown) {
      const fault = thrown instanceof UnusableScript ? thrown : new UnusableScript(this.#file, reason(thrown), thrown);
      this.#broken = fault.message;
      throw fault;
    }
    const old = this.#handler;
    this.#handler = handler;
    this.#version++;
    this.#broken = "";
    await this.#close(old);
  }

  stats(): Record<string, number | string> {
    return { version: this.#version, ...(this.#broken === "" ? {} : { broken: this.#broken }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const old = this.#handler;
    this.#handler = NOTHING;
    await this.#close(old);
  }

  /** The user's own end must not keep happi from going on. */
  async #close(handler: ScriptHandler): Promise<void> {
    try {
      await within(Promise.resolve(handler.close?.()), this.#timeoutMs);
    } catch {
      // It is gone either way.
    }
  }
}

const NOTHING: ScriptHandler = { decide: () => {} };

/** What a promise of the user's gives: one that never settles would hold up every reload after it. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it took longer than ${ms} ms`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
