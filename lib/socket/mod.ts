/**
 * Bytes to and from HAProxy's CLI socket: framing, payloads, escaping, limits. It knows nothing of the commands.
 *
 * @module
 */
export { HappiError } from "../errors.ts";
export { type Address, InvalidAddress } from "../net/mod.ts";
export { type Answer } from "./answer.ts";
export { cli, type CliValue, escapeWord, withoutWord } from "./command.ts";
export {
  AnswerTooLarge,
  CommandForbidden,
  CommandRefused,
  ConnectionLost,
  InvalidCommand,
  NoSocket,
  NotASocket,
  NotHaproxy,
  SocketClosed,
  SocketError,
  SocketForbidden,
  SocketTimeout,
  type TimeoutStep,
  UnknownCommand,
} from "./errors.ts";
export { type CliMode } from "./frame.ts";
export { type SendOptions, Socket, type SocketOptions } from "./socket.ts";
export { type MasterTarget } from "./target.ts";
