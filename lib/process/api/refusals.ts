/**
 * What the HTTP API of processes says no to, and how every error looks there: its status and its word.
 *
 * The words are the seed's (gaffer's HTTP guide): `not_found`, `conflict`, `invalid_process_info` and so on.
 */
import { HappiError } from "../../errors.ts";
import { InvalidFeedRequest } from "../../feed/mod.ts";
import {
  CannotStart,
  InputFull,
  InvalidDefinition,
  InvalidSignal,
  NoInput,
  ProcessExists,
  ProcessNotFound,
} from "../errors.ts";

/** A request is refused by the API itself. */
export class Refusal extends HappiError {
  readonly status: number;
  /** Headers that go with it. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status the HTTP status
   * @param code the seed's word
   * @param message what could not be done, a colon, why
   */
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

/** A number or a word in the path or the query that makes no sense. */
export function badValue(what: string, given: string, wanted: string): Refusal {
  const value = `"${given.slice(0, 60)}"`;
  return new Refusal(400, "bad_value", `Cannot use ${what} ${value}: it must be ${wanted}`);
}

/** An error as it is told. */
export interface ToldError {
  readonly status: number;
  /** The seed's word. */
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type ErrorClass = abstract new (...args: never[]) => Error;

const ERRORS: readonly (readonly [kind: ErrorClass, status: number, code: string])[] = [
  [InvalidDefinition, 400, "invalid_process_info"],
  [InvalidSignal, 400, "bad_value"],
  [InvalidFeedRequest, 400, "bad_value"],
  [NoInput, 403, "forbidden_write"],
  [ProcessNotFound, 404, "not_found"],
  [ProcessExists, 409, "conflict"],
  [CannotStart, 422, "cannot_start"],
  [InputFull, 503, "input_full"],
];

/**
 * How an error is told.
 *
 * @param thrown what a route threw
 * @returns status, word and message; `undefined` for what nobody planned for
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProcessExists } from "../errors.ts";
 * import { tellError } from "./refusals.ts";
 * assert.deepEqual(tellError(new ProcessExists("web")), {
 *   status: 409,
 *   code: "conflict",
 *   message: 'Cannot define process "web": there is one already',
 * });
 * assert.equal(tellError(new TypeError("a fault")), undefined);
 * ```
 */
export function tellError(thrown: unknown): ToldError | undefined {
  if (thrown instanceof Refusal) {
    const { status, code, message, headers } = thrown;
    return { status, code, message, headers };
  }
  for (const [kind, status, code] of ERRORS) {
    if (thrown instanceof kind) return { status, code, message: thrown.message };
  }
  return undefined;
}
