/**
 * What can go wrong with services.
 */
import { HappiError } from "../errors.ts";

/** What was said of a unit makes no sense. */
export class InvalidUnit extends HappiError {
  /**
   * @param unit its name, as far as it is known
   * @param why the field, its value in quotes, and what it must be
   */
  constructor(unit: string, why: string) {
    super("invalid_unit", `Cannot register unit "${unit}": ${why}`);
  }
}

/** There is no such service or unit. */
export class ServiceNotFound extends HappiError {
  /**
   * @param kind what was looked for
   * @param name by which name
   */
  constructor(kind: "service" | "unit", name: string) {
    super("service_not_found", `Cannot find ${kind} "${name.slice(0, 260)}": nobody has registered it`);
  }
}

/** There are as many registered units as there may be. */
export class TooManyUnits extends HappiError {
  /**
   * @param unit the one that is too many
   * @param limit how many there may be
   */
  constructor(unit: string, limit: number) {
    super("too_many_units", `Cannot register unit "${unit}": there are ${limit} units already, which is the limit`);
  }
}

/** A request to the services' HTTP API is not what the route takes. */
export class InvalidServiceRequest extends HappiError {
  /**
   * @param what the body, or the parameter in quotes
   * @param why what is wrong with it
   */
  constructor(what: string, why: string) {
    super("invalid_request", `Cannot use ${what}: ${why}`);
  }
}

/** A body that is not called JSON: a stranger's page could make a browser send it. */
export class BodyNotJson extends HappiError {
  /** @param given the request's Content-Type */
  constructor(given: string | undefined) {
    const got = given === undefined ? "has no Content-Type" : `is called "${given}"`;
    super("unsupported_media_type", `Cannot read the body: it ${got} and must be called "application/json"`);
  }
}

/** Nobody keeps HAProxy in step here. */
export class NoReconciler extends HappiError {
  constructor() {
    super("no_reconciler", "Cannot plan: there are no routes, so HAProxy is left as it is; add a [[route]]");
  }
}

/** Juju's hook tool is not there: happi does not run in a charm's hook, or this Juju is too old to have it. */
export class HookToolMissing extends HappiError {
  /** @param tool its name */
  constructor(tool: string, cause?: unknown) {
    super("hook_tool_missing", `Cannot run "${tool}": there is no such hook tool in the PATH of this hook`, { cause });
  }
}

/** Juju's hook tool said no, or nothing that can be understood. */
export class HookToolFailed extends HappiError {
  /**
   * @param tool its name
   * @param args what it was given
   * @param why its words, or what is wrong with its answer
   */
  constructor(tool: string, args: readonly string[], why: string, cause?: unknown) {
    super("hook_tool_failed", `Cannot run "${[tool, ...args].join(" ").slice(0, 200)}": ${why}`, { cause });
  }
}

/** Juju does not tell where this unit is on a relation. */
export class NoIngressAddress extends HappiError {
  /**
   * @param relation such as `website:1`
   * @param tried what each way of asking has brought
   */
  constructor(relation: string, tried: readonly string[]) {
    super("no_ingress_address", `Cannot tell this unit's address on relation "${relation}": ${tried.join("; ")}`);
  }
}

/** A flag cannot be set or cleared. */
export class FlagFailed extends HappiError {
  /**
   * @param flag such as `website.available`
   * @param directory where flags are
   * @param why what is in the way
   */
  constructor(flag: string, directory: string, why: string, cause?: unknown) {
    super("flag_failed", `Cannot change flag "${flag}" in "${directory}": ${why}`, { cause });
  }
}
