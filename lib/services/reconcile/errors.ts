/**
 * What can go wrong with routes and plans before HAProxy is asked anything.
 */
import { HappiError } from "../../errors.ts";

/** A route that makes no sense. */
export class InvalidRoute extends HappiError {
  /** The field: `options.weight`, `map[0].key`. */
  readonly field: string;

  /**
   * @param route its service and backend, as far as they are known
   * @param field which field
   * @param value what was given
   * @param why what it must be
   */
  constructor(route: string, field: string, value: unknown, why: string) {
    const shown = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
    super("invalid_route", `Cannot use route "${route}" with ${shown} as ${field}: ${why}`);
    this.field = field;
  }
}

/** The plan is of another time. */
export class StalePlan extends HappiError {
  constructor() {
    super("stale_plan", "Cannot carry out the plan: something was done since it was made; make it again");
  }
}
