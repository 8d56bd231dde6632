/**
 * What the agent's HTTP API says no to.
 */
import { HappiError } from "../errors.ts";

/** There is no check of that name. */
export class UnknownCheck extends HappiError {
  /**
   * @param name what was asked for
   * @param known the names that there are
   */
  constructor(name: string, known: readonly string[]) {
    const shown = known.slice(0, MOST_SHOWN).map((one) => `"${one}"`).join(", ");
    const more = known.length > MOST_SHOWN ? ` and ${known.length - MOST_SHOWN} more` : "";
    const why = known.length === 0 ? "the configuration has no checks" : `there is no such check, only ${shown}${more}`;
    super("not_found", `Cannot find check "${name}": ${why}`);
  }
}

const MOST_SHOWN = 10;

/** A wish for maintenance makes no sense. */
export class InvalidMaintenance extends HappiError {
  /**
   * @param name whose
   * @param why what is wrong with it
   */
  constructor(name: string, why: string) {
    super("invalid_maintenance", `Cannot put "${name.slice(0, 200)}" into maintenance: ${why}`);
  }
}

/** A body is not what the route takes. */
export class InvalidBody extends HappiError {
  /** @param why what is wrong with it */
  constructor(why: string) {
    super("invalid_request", `Cannot use the body: ${why}`);
  }
}

/** A parameter of the query is not what the route takes. */
export class InvalidQuery extends HappiError {
  /**
   * @param name the parameter
   * @param wanted what it must be
   */
  constructor(name: string, wanted: string) {
    super("invalid_request", `Cannot use query parameter "${name}": it must be ${wanted}`);
  }
}

/** A body that is not called JSON: a stranger's page could make a browser send it. */
export class NotJson extends HappiError {
  /** @param given the request's Content-Type */
  constructor(given: string | undefined) {
    const got = given === undefined ? "has no Content-Type" : `is called "${given}"`;
    super("unsupported_media_type", `Cannot read the body: it ${got} and must be called "application/json"`);
  }
}
