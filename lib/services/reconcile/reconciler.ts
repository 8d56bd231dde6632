/**
 * The reconciler: keeps HAProxy's servers, maps and ACLs in step with the services. It looks at everything anew each time
 * (when services change, when it is woken, and every few seconds), so that whatever was missed or undone mends itself.
 */
import { type Client, SocketError } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { Feed } from "../../feed/mod.ts";
import { systemResolve } from "./addresses.ts";
import { applySteps, type StepResult } from "./apply.ts";
import { type Departed, Departures } from "./departures.ts";
import { StalePlan } from "./errors.ts";
import type { Refusal } from "./guard.ts";
import { look } from "./look.ts";
import { Ownership } from "./ownership.ts";
import { pause } from "./pause.ts";
import { makePlan, type Pictures, type Plan } from "./plan.ts";
import { type Cause, noMetrics, type ReconcileMetrics, type ReconcileRecord } from "./records.ts";
import type { Applied, ReconcilerOptions } from "./reconciler_options.ts";
import type { Route } from "./route.ts";
import { type Step, subjectOf, WAITS } from "./step.ts";
import { differences } from "./verify.ts";
import { Wakes } from "./wakes.ts";

/**
 * Keeps HAProxy in step with the services.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Client } from "../../client/mod.ts";
 * import { Registry } from "../registry.ts";
 * import { Reconciler, route } from "./mod.ts";
 *
 * await using client = new Client("/run/nobody-listens-here.sock");
 * const routes = [route({ service: "web", backend: "be_web", options: { check: true } })];
 * await using reconciler = new Reconciler({ client, services: new Registry(), routes });
 * await assert.rejects(reconciler.plan(), /Cannot connect/);
 * ```
 */
export class Reconciler implements AsyncDisposable {
  /** What it did, refused, and found in its way. */
  readonly records: Feed<ReconcileRecord> = new Feed();
  readonly #options: ReconcilerOptions;
  readonly #client: Client;
  readonly #ownership: Ownership;
  readonly #departures: Departures;
  readonly #wakes: Wakes;
  readonly #closing = new AbortController();
  readonly #metrics = noMetrics();
  readonly #lastFound = new Map<string, readonly string[]>();
  /** What was told already, so that it is not told in every pass. */
  #told: ReadonlySet<string> = new Set();
  #trouble: string | undefined;
  /** How many plans were carried out, and how many had been when a plan was made. */
  #applied = 0;
  readonly #plans = new WeakMap<Plan, number>();
  #routes: readonly Route[];
  /** One at a time: plans and their application. */
  #turn: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;

  /** @param options see {@linkcode ReconcilerOptions} */
  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#routes = options.routes;
    this.#client = options.client.with({ signal: this.#closing.signal });
    const onTrouble = (why: string) => this.#onTrouble(why);
    const { store, scope = "local" } = options;
    this.#ownership = new Ownership({ scope, onTrouble, ...(store ? { store } : {}) });
    const wait = options.pause ?? pause;
    const onEnd = (departed: Departed) => this.#onDeparted(departed);
    this.#departures = new Departures({ client: this.#client, onEnd, pause: wait });
    this.#wakes = new Wakes(wait, this.#closing.signal);
  }

  /** Counters since it was made, and what is now. */
  get metrics(): Readonly<ReconcileMetrics> {
    return { ...this.#metrics, departing: this.#departures.size };
  }

  /**
   * What would be done now. Nothing is changed.
   *
   * @throws {SocketError} when HAProxy cannot be reached
   */
  plan(): Promise<Plan> {
    return this.#inTurn(async () => {
      const plan = makePlan(await this.#look());
      this.#plans.set(plan, this.#applied);
      return plan;
    });
  }

  /**
   * Carries a plan out, and looks whether it holds.
   *
   * @param plan one of {@linkcode Reconciler.plan}
   * @param options `force` does what was refused too
   * @throws {SocketError} when HAProxy is lost on the way; what was sent may have been done
   * @throws {StalePlan} when something was done since it was made
   */
  apply(plan: Plan, { force = false }: { readonly force?: boolean } = {}): Promise<Applied> {
    return this.#inTurn(() => {
      if (this.#plans.get(plan) !== this.#applied) throw new StalePlan();
      return this.#apply(plan, force);
    });
  }

  /** Begins to keep HAProxy in step: call it when the sources have given their first pictures. */
  start(): void {
    this.#running ??= Promise.all([this.#run(), this.#followChanges()]).then(() => {});
  }

  /** Settles when no server waits for its sessions to end: before that, a process that ends leaves them draining. */
  async departed(): Promise<void> {
    await this.#departures.ended;
  }

  /** Looks at everything now, and not only at the next interval. @param cause why: `reload` */
  wake(cause: Cause): void {
    this.#wakes.wake(cause);
  }

  /** Takes other routes from now on. @param routes all of them */
  setRoutes(routes: readonly Route[]): void {
    this.#routes = routes;
    this.wake("routes");
  }

  /** Ends it; HAProxy stays as it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#running, this.#departures[Symbol.asyncDispose](), this.#turn.catch(() => {})]);
    this.records.close();
  }

  async #run(): Promise<void> {
    const { intervalMs = 10_000, backoffMs = { first: 250, most: 10_000 } } = this.#options;
    let waitMs = backoffMs.first;
    let cause: Cause = "start";
    while (!this.#closing.signal.aborted) {
      const isWell = await this.#inTurn(() => this.#pass(cause)).catch((thrown: unknown) => this.#onFailed(thrown));
      cause = await this.#wakes.next(isWell ? intervalMs : waitMs);
      waitMs = isWell ? backoffMs.first : Math.min(waitMs * 2, backoffMs.most);
    }
  }

  async #followChanges(): Promise<void> {
    for await (const _change of this.#options.services.changes.read({ signal: this.#closing.signal })) {
      this.wake("change");
    }
  }

  /** One pass: look, plan, apply, look again. Gives whether all is well. */
  async #pass(cause: Cause): Promise<boolean> {
    const startedAt = performance.now();
    const plan = makePlan(await this.#look());
    const { results, differences: left } = await this.#apply(plan, false);
    const ms = Math.round(performance.now() - startedAt);
    const failed = results.filter(({ ok }) => !ok).length;
    const done = results.filter(({ step }) => !WAITS.has(step.kind)).length;
    this.#metrics.passes++;
    this.#metrics.last_pass_ms = ms;
    if (cause === "drift" && done > 0) this.#metrics.drifts++;
    if (this.#metrics.is_away) this.records.push({ event: "back" });
    this.#metrics.is_away = false;
    this.#trouble = undefined;
    if (cause !== "drift" || done > 0) {
      const counts = { steps: done, failed, differences: left.length, departing: this.#departures.size, ms };
      this.records.push({ event: "pass", cause, ...counts });
    }
    return failed === 0 && left.length === 0;
  }

  async #apply(plan: Plan, force: boolean): Promise<Applied> {
    const refused = force ? [] : plan.refused;
    this.#tell(plan, refused);
    const steps = [...plan.steps, ...(force ? plan.refused.flatMap((one) => one.steps) : [])];
    await this.#departures.keepOnly(steps.filter(({ kind }) => WAITS.has(kind)));
    await this.#ownership.remember(plan.owned);
    if (steps.length === 0) return { results: [], differences: [], refused };
    this.#applied++;
    const begin = (step: Step) => this.#departures.begin(step);
    const results = await applySteps(this.#client, steps, {
      shares: plan.shares,
      force,
      begin,
      signal: this.#closing.signal,
    });
    for (const result of results) if (!WAITS.has(result.step.kind)) this.#onResult(result);
    await this.#disown(plan, results);
    if (results.every(({ step }) => WAITS.has(step.kind))) return { results, differences: [], refused };
    const left = differences(await this.#look());
    this.#metrics.differences += left.length;
    for (const { subject, why } of left) this.records.push({ event: "difference", subject, why });
    return { results, differences: left, refused };
  }

  /** What could not be made is not happi's: somebody else may have made it. */
  async #disown({ owned }: Plan, results: readonly StepResult[]): Promise<void> {
    const failed = results.filter(({ ok, step }) => !ok && step.kind === "add").map(({ step }) => step);
    await this.#ownership.remember(
      new Map([...Map.groupBy(failed, ({ backend }) => backend)].flatMap(([backend, steps]) => {
        const known = owned.get(backend);
        if (!known) return [];
        const names = new Set(steps.map(({ server }) => server));
        const servers = Object.fromEntries(Object.entries(known.servers).filter(([server]) => !names.has(server)));
        return [[backend, { ...known, servers }] as const];
      })),
    );
  }

  async #look(): Promise<Pictures> {
    const { services, resolve = systemResolve, prefix = "happi-", held } = this.#options;
    const pictures = await look({
      client: this.#client,
      services: services.list().services,
      routes: this.#routes,
      owned: await this.#ownership.load(),
      resolve,
      lastFound: this.#lastFound,
      signal: this.#closing.signal,
    });
    return { ...pictures, prefix, ...(held ? { held } : {}) };
  }

  /** Tells of what is refused and what is in the way, when that is new. */
  #tell({ problems }: Plan, refused: readonly Refusal[]): void {
    const now = new Set([...problems, ...refused].map(({ why }) => why));
    for (const { about, why } of problems) {
      if (!this.#told.has(why)) this.records.push({ event: "problem", about, why });
    }
    for (const refusal of refused) {
      const { backend, before, after, min_share, why } = refusal;
      if (this.#told.has(why)) continue;
      this.#metrics.refusals++;
      this.records.push({ event: "refused", backend, before, after, min_share, why });
      this.#options.onRefused?.(refusal);
    }
    this.#told = now;
    this.#metrics.problems = problems.length;
    this.#metrics.backends_refused = refused.length;
  }

  #onResult({ step, ok, reason: why }: Pick<StepResult, "step" | "ok" | "reason">): void {
    this.#metrics[ok ? "steps_done" : "steps_failed"]++;
    const { kind, backend } = step;
    this.records.push({
      ...{ event: "step", step: kind, backend, subject: subjectOf(step), why: step.why, ok, reason: why },
    });
  }

  #onDeparted(departed: Departed): void {
    if (departed.was_shut) this.#metrics.sessions_shut++;
    this.#onResult(departed);
  }

  /** Told once as long as it is the same. */
  #onTrouble(why: string): void {
    if (why !== this.#trouble) this.records.push({ event: "trouble", why });
    this.#trouble = why;
  }

  #onFailed(thrown: unknown): false {
    if (this.#closing.signal.aborted) return false;
    this.#metrics.passes_failed++;
    const why = reason(thrown);
    if (!(thrown instanceof SocketError)) this.#onTrouble(why);
    else if (!this.#metrics.is_away) this.records.push({ event: "away", why });
    if (thrown instanceof SocketError) this.#metrics.is_away = true;
    return false;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => {});
    return result;
  }
}
