/** A kind of check that finds what the test says, and what is around an agent in tests. */

import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../lib/agent/check.ts";
import { CheckAgent, type CheckAgentOptions, type CheckConfig, type SteadyOptions } from "../../lib/agent/agent.ts";
import type { Reply } from "../../lib/agent/reply.ts";
import { TargetGuard } from "../../lib/agent/target/guard.ts";

/** What a stub's run does. */
export type Script = (signal: AbortSignal, context: CheckContext) => Finding | Promise<Finding>;

/** Finds what it is told to, by target. */
export class StubKind implements CheckKind {
  readonly name = "stub";
  readonly summary = "finds what the test says";
  readonly isOnWire = true;
  readonly wireFields = ["target"];
  readonly options = { target: "what is checked", color: "any" };
  /** Runs begun, by target. */
  readonly runs = new Map<string, number>();
  /** Checks that were closed, by target. */
  readonly closed: string[] = [];
  readonly #scripts = new Map<string, Script>();

  /** From now on, this target's checks find this. */
  finds(target: string, reply: Reply, reason = ""): void {
    this.does(target, () => ({ reply, reason }));
  }

  /** From now on, this target's checks do this. */
  does(target: string, script: Script): void {
    this.#scripts.set(target, script);
  }

  /** Runs begun of a target's checks. */
  runsOf(target: string): number {
    return this.runs.get(target) ?? 0;
  }

  make(options: CheckOptions, context: CheckContext): Check {
    const target = String(options["target"]);
    if (target === "impossible") throw new RangeError("this cannot be checked");
    return {
      kind: this.name,
      target,
      run: async (signal) => {
        this.runs.set(target, this.runsOf(target) + 1);
        const script = this.#scripts.get(target) ?? (() => ({ reply: { health: "up" }, reason: "" }));
        return await script(signal, context);
      },
      close: () => {
        this.closed.push(target);
      },
    };
  }
}

/** A check of the configuration whose target has its name. */
export function stubCheck(name: string, steady: SteadyOptions = {}, group = ""): CheckConfig {
  return { name, kind: "stub", options: { target: name }, steady, ...(group === "" ? {} : { group }) };
}

/** An agent with one kind of check. */
export function stubAgent(
  kind: StubKind,
  checks: readonly CheckConfig[] = [],
  options: Partial<CheckAgentOptions> = {},
): CheckAgent {
  return new CheckAgent({ kinds: [kind], guard: new TargetGuard(), checks, ...options });
}

/** A clock that stands until it is moved. */
export class StandingClock {
  at = 1_000_000;
  readonly read = (): number => this.at;

  pass(ms: number): void {
    this.at += ms;
  }
}
