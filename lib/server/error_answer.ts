/**
 * The one shape of errors: `{"error": {"code", "message"}}`, and beside them what helps with this one.
 */
import type { Context } from "hono";
import { getLogger } from "@logtape/logtape";
import { UnsupportedCommand } from "../client/mod.ts";
import { HappiError } from "../errors.ts";
import { CommandRefused } from "../socket/mod.ts";
import type { ServerEnv } from "./env.ts";
import { statusOf } from "./error_status.ts";
import { MethodNotAllowed, PartlyApplied } from "./errors.ts";

const LOG = getLogger(["happi", "server"]);

/** What is told of an error. */
export interface ErrorBody {
  /** A stable word for programs. */
  readonly code: string;
  /** What could not be done, a colon, why. */
  readonly message: string;
  /** HAProxy's own words, where it refused. */
  readonly haproxy?: string;
  /** The first HAProxy version that can do it, where this one cannot. */
  readonly since?: string;
  /** The fields that had been changed before HAProxy refused, where there were several to change. */
  readonly applied?: readonly string[];
}

/**
 * The answer to a request that failed, for Hono's `onError`.
 *
 * @param thrown what the route threw
 * @param c the request
 */
export function answerError(thrown: Error, c: Context<ServerEnv>): Response {
  const error = thrown instanceof PartlyApplied ? thrown.cause : thrown;
  if (error instanceof MethodNotAllowed) c.header("allow", error.allowed.join(", "));
  const body = describeError(error);
  const applied = thrown instanceof PartlyApplied ? { applied: thrown.applied } : {};
  return c.json({ error: { ...body, ...applied } }, statusOf(error));
}

/**
 * What is told of an error. What nobody planned for is logged in full and told in general only.
 *
 * @param error what a route threw
 */
export function describeError(error: Error): ErrorBody {
  if (!(error instanceof HappiError)) {
    LOG.error("Unexpected error: {error}", { error });
    return { code: "internal", message: "Cannot answer: a fault of happi's own, which its log tells of" };
  }
  return {
    code: error.code,
    message: error.message,
    ...(error instanceof CommandRefused ? { haproxy: error.answer } : {}),
    ...(error instanceof UnsupportedCommand ? { since: error.since } : {}),
  };
}
