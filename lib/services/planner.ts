/**
 * Plans by hand: what would be done to HAProxy and why, and doing it; as plain data for the HTTP API.
 */
import { type Applied, formatPlan, type Plan, type Reconciler, StalePlan, type Step } from "./reconcile/mod.ts";

/** A step as it is shown. */
export type StepView = Pick<Step, "kind" | "backend" | "server" | "entry" | "why"> & {
  /** All commands, in their order. */
  readonly commands: readonly string[];
};

/** A plan as it is shown. */
export interface PlanView {
  readonly steps: readonly StepView[];
  /** What is held back, since a backend would lose too much. */
  readonly refused: readonly {
    readonly backend: string;
    readonly why: string;
    readonly steps: readonly StepView[];
  }[];
  readonly problems: readonly { readonly about: string; readonly why: string }[];
  /** All of it, as people read it. */
  readonly text: string;
}

/** What came of a plan, as it is shown. */
export interface AppliedView {
  readonly plan: PlanView;
  /** The steps in their order: whether each was done, and why not. */
  readonly results: readonly (StepView & { readonly ok: boolean; readonly reason: string | null })[];
  /** What is not as it should be all the same. */
  readonly differences: Applied["differences"];
  /** Backends that were held back. */
  readonly refused: readonly string[];
}

/** Plans by hand. */
export interface Planner {
  /** What would be done now. @throws {SocketError} when HAProxy cannot be reached */
  plan(): Promise<PlanView>;
  /**
   * Makes a plan and carries it out.
   *
   * @param force does also what would be held back
   * @throws {SocketError} when HAProxy is lost on the way
   */
  apply(force: boolean): Promise<AppliedView>;
}

/**
 * The planner of a reconciler.
 *
 * @param reconciler whether it runs or not
 */
export function plannerOf(reconciler: Pick<Reconciler, "plan" | "apply">): Planner {
  return {
    plan: async () => shownPlan(await reconciler.plan()),
    async apply(force) {
      for (let tries = 1;; tries++) {
        const plan = await reconciler.plan();
        try {
          return shownApplied(plan, await reconciler.apply(plan, { force }));
        } catch (thrown) {
          // The reconciler itself was at work in between.
          if (!(thrown instanceof StalePlan) || tries === MOST_TRIES) throw thrown;
        }
      }
    },
  };
}

const MOST_TRIES = 5;

function shownPlan(plan: Plan): PlanView {
  return {
    steps: plan.steps.map(shownStep),
    refused: plan.refused.map(({ backend, why, steps }) => ({ backend, why, steps: steps.map(shownStep) })),
    problems: plan.problems.map(({ about, why }) => ({ about, why })),
    text: formatPlan(plan),
  };
}

function shownApplied(plan: Plan, { results, differences, refused }: Applied): AppliedView {
  return {
    plan: shownPlan(plan),
    results: results.map(({ step, ok, reason }) => ({ ...shownStep(step), ok, reason })),
    differences,
    refused: refused.map(({ backend }) => backend),
  };
}

function shownStep({ kind, backend, server, entry, why, commands, then }: Step): StepView {
  return { kind, backend, server, entry, why, commands: [...commands, ...then] };
}
