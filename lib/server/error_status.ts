/**
 * The HTTP status of every error: a table over the classes of `socket`, `client`, the surfaces and the server itself.
 */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { InvalidBody, InvalidMaintenance, InvalidQuery, NotJson, UnknownCheck } from "../agent/mod.ts";
import {
  DangerousCommand,
  InvalidArgument,
  NoMaster,
  NotApplied,
  NotFound,
  TransactionOpen,
  UnexpectedAnswer,
  UnsupportedCommand,
} from "../client/mod.ts";
import { InvalidFeedRequest } from "../feed/mod.ts";
import {
  BodyNotJson,
  InvalidServiceRequest,
  InvalidUnit,
  NoReconciler,
  ServiceNotFound,
  StalePlan,
  TooManyUnits,
} from "../services/mod.ts";
import {
  AnswerTooLarge,
  CommandRefused,
  ConnectionLost,
  InvalidCommand,
  NoSocket,
  NotASocket,
  NotHaproxy,
  SocketClosed,
  SocketForbidden,
  SocketTimeout,
  UnknownCommand,
} from "../socket/mod.ts";
import {
  BodyTooLarge,
  DeadlineExceeded,
  ForeignHost,
  ForeignOrigin,
  InvalidRequest,
  MethodNotAllowed,
  NoRoute,
  ServerStopping,
  UnsupportedBody,
} from "./errors.ts";

/** A class of errors; what its constructor takes does not matter here. */
type ErrorClass = abstract new (...args: never[]) => Error;

/** From top to bottom, the first that fits: a class stands above the one that it extends. */
const STATUSES: readonly (readonly [ErrorClass, ContentfulStatusCode])[] = [
  [InvalidRequest, 400],
  [InvalidArgument, 400],
  [InvalidCommand, 400],
  [InvalidFeedRequest, 400],
  [InvalidBody, 400],
  [InvalidQuery, 400],
  [InvalidMaintenance, 400],
  [InvalidServiceRequest, 400],
  [InvalidUnit, 400],
  [ForeignOrigin, 403],
  [NoRoute, 404],
  [NotFound, 404],
  [UnknownCheck, 404],
  [ServiceNotFound, 404],
  [MethodNotAllowed, 405],
  [DangerousCommand, 409],
  [TransactionOpen, 409],
  [TooManyUnits, 409],
  [NoReconciler, 409],
  [StalePlan, 409],
  [BodyTooLarge, 413],
  [UnsupportedBody, 415],
  [NotJson, 415],
  [BodyNotJson, 415],
  [ForeignHost, 421],
  [UnknownCommand, 501],
  [CommandRefused, 422],
  [NotApplied, 422],
  [UnsupportedCommand, 501],
  [NoMaster, 501],
  [AnswerTooLarge, 502],
  [ConnectionLost, 502],
  [NotHaproxy, 502],
  [UnexpectedAnswer, 502],
  [NoSocket, 503],
  [NotASocket, 503],
  [SocketForbidden, 503],
  [SocketClosed, 503],
  [ServerStopping, 503],
  [SocketTimeout, 504],
  [DeadlineExceeded, 504],
];

/** Refusals that say that something is there already, or in the way. */
const CONFLICTS = /^Already exists|already exists|There is already|are currently locked/i;

/**
 * The HTTP status that tells of an error.
 *
 * @param error what a route threw
 * @returns its status; 500 for an error that nobody planned for
 */
export function statusOf(error: Error): ContentfulStatusCode {
  const status = STATUSES.find(([kind]) => error instanceof kind)?.[1] ?? 500;
  return status === 422 && error instanceof CommandRefused && CONFLICTS.test(error.answer) ? 409 : status;
}
