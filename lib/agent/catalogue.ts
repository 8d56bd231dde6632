/**
 * Everything there is to ask for: the checks of the configuration, targets that requests name, and requests that name nothing.
 */
import { isDeepStrictEqual } from "node:util";
import { reason } from "../errors.ts";
import { refuseCycles } from "./checks/combined.ts";
import type { Check, CheckContext, CheckKind } from "./check.ts";
import { CheckFailed, InvalidCheck } from "./errors.ts";
import { makeCheck, validateSteady } from "./making.ts";
import { type CheckAgentOptions, type CheckConfig, type CheckSet, DEFAULT_STEADY, type Limits } from "./options.ts";
import type { SteadyOptions } from "./options.ts";
import { parseRequest, type Request } from "./request.ts";
import { withoutLogins } from "./secrets.ts";
import { Asking } from "./steady/asking.ts";
import { Group } from "./steady/group.ts";
import { Told } from "./steady/told.ts";
import type { Surroundings } from "./surroundings.ts";
import { Targets } from "./targets.ts";
import type { VerdictRecord } from "./verdict.ts";
import { MISTAKE, Watched } from "./watched.ts";

/** A check of the configuration as it runs. */
interface Configured {
  readonly config: CheckConfig;
  readonly watched: Watched;
}

/** What there is to ask for. */
export class Catalogue {
  readonly #options: CheckAgentOptions;
  readonly #limits: Limits;
  readonly #around: Surroundings;
  readonly #kinds: ReadonlyMap<string, CheckKind>;
  readonly #asking = new Asking();
  readonly #targets: Targets;
  /** Requests that name no check: answered like a check that always fails, so that they are seen and cost nothing. */
  readonly #mistakes: Targets;
  #configured = new Map<string, Configured>();
  #sweptAt = 0;

  /**
   * @param options the kinds of checks, and those of the configuration
   * @param limits how many to remember
   * @param around what targets share
   * @throws {InvalidCheck} when a check cannot be made
   */
  constructor(options: CheckAgentOptions, limits: Limits, around: Surroundings) {
    this.#options = options;
    this.#limits = limits;
    this.#around = around;
    this.#kinds = new Map(options.kinds.map((kind) => [kind.name, kind]));
    const forget = (target: Watched) => {
      around.counters.forgottenTargets++;
      void target.close();
    };
    this.#targets = new Targets(limits.maxWireTargets, forget);
    this.#mistakes = new Targets(MOST_MISTAKES, forget);
    this.reload({ checks: options.checks ?? [], groups: options.groups ?? {} });
  }

  /** How many targets named on the wire are remembered. */
  get wireTargets(): number {
    return this.#targets.size;
  }

  /** All there is. */
  *all(): IterableIterator<Watched> {
    for (const { watched } of this.#configured.values()) yield watched;
    yield* this.#targets.all();
    yield* this.#mistakes.all();
  }

  /** What is known by this name, or by this request. */
  get(name: string): Watched | undefined {
    return this.#configured.get(name)?.watched ?? this.#targets.named(name) ?? this.#mistakes.named(name);
  }

  /**
   * What a request asks for.
   *
   * @param text without blanks around it
   */
  find(text: string): Watched {
    return this.get(text) ?? this.#read(text);
  }

  /** What answers requests that are longer than any may be. */
  tooLong(): Watched {
    return this.#mistake("(too long)", `the request is longer than ${this.#limits.maxRequestBytes - 1} bytes`);
  }

  /** The verdict on a target that has ended before there was one. */
  unknown(watched: Watched): VerdictRecord {
    const { name, kind, said } = watched;
    const [target, origin, at] = [name, "wire", this.#around.now()] as const;
    const reply = { health: "up" } as const;
    return {
      check: name,
      kind,
      target,
      origin,
      reply,
      said,
      reason: "",
      facts: {},
      ms: 0,
      at,
      from_cache: true,
      changed: false,
    };
  }

  /**
   * Takes a new configuration; checks that are as they were go on.
   *
   * @throws {InvalidCheck} when one cannot be made; then nothing has changed
   */
  reload({ checks, groups = {} }: CheckSet): void {
    const next = new Map<string, Configured>();
    const made: Watched[] = [];
    refuseCycles(checks);
    try {
      for (const config of checks) {
        if (next.has(config.name)) throw new InvalidCheck(config.name, "there are two of this name");
        const known = this.#configured.get(config.name);
        const isSame = known !== undefined && isDeepStrictEqual(known.config, config);
        const watched = isSame ? known.watched : this.#watch(config, known?.watched.told);
        if (!isSame) made.push(watched);
        next.set(config.name, { config, watched });
      }
    } catch (thrown) {
      for (const watched of made) void watched.close();
      throw thrown;
    }
    const last = this.#configured;
    this.#configured = next;
    this.#group(groups);
    for (const [name, { watched }] of last) if (next.get(name)?.watched !== watched) void watched.close();
  }

  /** Watches nothing any more. */
  async close(): Promise<void> {
    await Promise.all([...this.all()].map((watched) => watched.close()));
  }

  #group(groups: NonNullable<CheckSet["groups"]>): void {
    const members = Map.groupBy(this.#configured.values(), ({ config }) => config.group ?? "");
    for (const [name, those] of members) {
      const limit = Object.hasOwn(groups, name) ? groups[name] : undefined;
      const group = name === "" ? undefined : new Group(name, those.length, limit?.maxDownShare ?? 1);
      for (const { watched } of those) watched.join(group);
    }
  }

  #watch(config: CheckConfig, told: Told | undefined): Watched {
    const { name, kind: kindName, options, steady = {} } = config;
    if (!CHECK_NAME.test(name)) throw new InvalidCheck(name, 'a name has no blanks, no control characters and no "|"');
    const kind = this.#kinds.get(kindName);
    if (kind === undefined) throw new InvalidCheck(name, `there is no kind "${kindName}"`);
    validateSteady(name, steady);
    return new Watched({
      name,
      check: makeCheck(kind, name, options, this.#context("config", name, steady)),
      origin: "config",
      steady,
      told: told ?? new Told(name, steady, this.#options.adminMemory),
      history: this.#limits.history,
    }, this.#around);
  }

  #read(text: string): Watched {
    const request = parseRequest(text, {
      isConfigured: (name) => this.#configured.has(name),
      kind: (name) => this.#kinds.get(name),
    });
    this.#sweep();
    if (request.form === "name") return this.find(request.name);
    if (request.form === "invalid") return this.#mistake(text, request.why);
    try {
      return this.#target(text, request);
    } catch (thrown) {
      return this.#mistake(text, reason(thrown));
    }
  }

  #target(text: string, request: Request & { readonly form: "check" }): Watched {
    const { kind: kindName, options } = request;
    const key = JSON.stringify([kindName, Object.entries(options).sort()]);
    const make = () => {
      const kind = this.#kinds.get(kindName);
      if (kind === undefined) throw new InvalidCheck(kindName, "there is no such kind");
      const check = makeCheck(kind, kindName, options, this.#context("wire", key));
      return this.#wire(text, check, this.#options.wire ?? {});
    };
    return this.#targets.remember(key, text, make, this.#around.monotonic());
  }

  #mistake(text: string, why: string): Watched {
    const make = () => {
      const run = () => Promise.resolve({ reply: { health: "fail" }, reason: why } as const);
      const target = withoutLogins(text).slice(0, MOST_SHOWN);
      return this.#wire(target, { kind: MISTAKE, target, run }, { maxAgeMs: MISTAKE_AGE_MS });
    };
    const now = this.#around.monotonic();
    const mistake = this.#mistakes.remember(text, text, make, now);
    return this.#mistakes.remember(text, mistake.name, make, now);
  }

  #wire(name: string, check: Check, steady: SteadyOptions): Watched {
    const history = Math.ceil(this.#limits.history / 4);
    return new Watched({ name, check, origin: "wire", steady, told: new Told(name, steady), history }, this.#around);
  }

  #context(origin: "wire" | "config", asker: string, steady: SteadyOptions = {}): CheckContext {
    const { deadlineMs = DEFAULT_STEADY.deadlineMs } = steady;
    const ask = (name: string, signal: AbortSignal) => {
      const asked = this.#configured.get(name)?.watched;
      if (asked === undefined) return Promise.reject(new CheckFailed(`there is no check "${name}"`));
      return this.#asking.wait(asker, name, (share) => asked.find(signal, deadlineMs * share));
    };
    return { origin, guard: this.#options.guard, now: this.#around.now, ask };
  }

  /** Forgets, now and then, who was not asked for in a long time. */
  #sweep(): void {
    const now = this.#around.monotonic();
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    this.#targets.forgetBefore(now - this.#limits.forgetAfterMs);
    this.#mistakes.forgetBefore(now - this.#limits.forgetAfterMs);
  }
}

const CHECK_NAME = /^[^\s|\p{C}]+$/u;
const MOST_MISTAKES = 256;
const MOST_SHOWN = 200;
const MISTAKE_AGE_MS = 10_000;
const SWEEP_MS = 10_000;
