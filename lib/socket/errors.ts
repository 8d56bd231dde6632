/**
 * What can go wrong between happi and HAProxy's CLI socket: one class a condition.
 */
import { HappiError, reason } from "../errors.ts";

/** Base of every error of this folder; `address` says which socket. */
export class SocketError extends HappiError {
  /** The socket as {@linkcode formatAddress} writes it. */
  readonly address: string;

  /**
   * Makes the error.
   *
   * @param code the stable word for programs
   * @param address the socket
   * @param message what could not be done, a colon, why
   * @param cause the error underneath, where there is one
   */
  constructor(code: string, address: string, message: string, cause?: unknown) {
    super(code, message, cause === undefined ? undefined : { cause });
    this.address = address;
  }
}

/** Nobody can be reached there: nothing was sent. */
export class NoSocket extends SocketError {
  /**
   * Makes the error.
   *
   * @param address the socket
   * @param why what is in the way
   * @param cause what the system said
   */
  constructor(address: string, why: string, cause?: unknown) {
    super("no_socket", address, `Cannot connect to "${address}": ${why}`, cause);
  }

  /**
   * Turns what the system said about a failed connect into words that tell what to do.
   *
   * @param address the socket
   * @param thrown what the system said
   * @returns the error to throw
   */
  static parse(address: string, thrown: unknown): NoSocket | SocketForbidden {
    if (thrown instanceof Deno.errors.PermissionDenied || thrown instanceof Deno.errors.NotCapable) {
      return new SocketForbidden(address, thrown);
    }
    if (thrown instanceof Deno.errors.NotFound) {
      return new NoSocket(
        address,
        "there is no such file; is HAProxy running, and has it a `stats socket` line?",
        thrown,
      );
    }
    if (thrown instanceof Deno.errors.ConnectionRefused) {
      return new NoSocket(address, "nobody listens there; is HAProxy running?", thrown);
    }
    return new NoSocket(address, reason(thrown), thrown);
  }
}

/** The file is there and this user may not open it: nothing was sent. */
export class SocketForbidden extends SocketError {
  /**
   * Makes the error.
   *
   * @param address the socket
   * @param cause what the system said
   */
  constructor(address: string, cause?: unknown) {
    const who = cause instanceof Deno.errors.NotCapable
      ? "Deno was started without the permission"
      : "permission denied; is this user in the group that the socket belongs to?";
    super("socket_forbidden", address, `Cannot connect to "${address}": ${who}`, cause);
  }
}

/** The path exists and is no socket: nothing was sent. */
export class NotASocket extends SocketError {
  /**
   * Makes the error.
   *
   * @param address the socket
   * @param kind what it is instead
   */
  constructor(address: string, kind: string) {
    super("not_a_socket", address, `Cannot connect to "${address}": it is a ${kind}, not a socket`);
  }
}

/** A step took too long. What was sent by then may have been carried out. */
export class SocketTimeout extends SocketError {
  /** The step: `connect`, `write` or `answer`. */
  readonly step: TimeoutStep;

  /**
   * Makes the error.
   *
   * @param address the socket
   * @param step what took too long
   * @param timeoutMs the limit, in milliseconds
   * @param command the command, where one was to be sent
   */
  constructor(address: string, step: TimeoutStep, timeoutMs: number, command?: string) {
    const what = step === "connect"
      ? `connect to "${address}"`
      : `get an answer to ${quote(command ?? "")} from "${address}"`;
    super("socket_timeout", address, `Cannot ${what}: no ${step} within ${timeoutMs} ms`);
    this.step = step;
  }
}

/** Which limit of time ran out. */
export type TimeoutStep = "connect" | "write" | "answer";

/** The connection ended before the answer was whole. The command may have been carried out, so it is not sent again. */
export class ConnectionLost extends SocketError {
  /** What had arrived. */
  readonly partialAnswer: string;

  /**
   * Makes the error.
   *
   * @param address the socket
   * @param command the command that was sent
   * @param partialAnswer what had arrived
   * @param why what happened
   * @param cause what the system said
   */
  constructor(address: string, command: string, partialAnswer: string, why: string, cause?: unknown) {
    super("connection_lost", address, `Cannot read the answer to ${quote(command)} from "${address}": ${why}`, cause);
    this.partialAnswer = partialAnswer;
  }
}

/** The answer grew beyond the limit that was set for it. */
export class AnswerTooLarge extends SocketError {
  /**
   * Makes the error.
   *
   * @param address the socket
   * @param command the command that was sent
   * @param limit in bytes
   */
  constructor(address: string, command: string, limit: number) {
    super(
      "answer_too_large",
      address,
      `Cannot keep the answer to ${
        quote(command)
      } from "${address}": it is larger than ${limit} bytes; raise maxAnswerBytes to allow it`,
    );
  }
}

/** What answers is not HAProxy's CLI, or is a master where a worker was expected, or a session lost its step. */
export class NotHaproxy extends SocketError {
  /**
   * Makes the error.
   *
   * @param address the socket
   * @param answer what it said
   */
  constructor(address: string, answer: string) {
    super(
      "not_haproxy",
      address,
      MASTERS_WORDS.test(answer)
        ? `Cannot speak with "${address}" as with a worker's socket: it is a master's; say who shall answer, the master ` +
          "or its worker"
        : `Cannot speak with "${address}": it answered ${quote(answer)}, which is not HAProxy's CLI`,
    );
  }
}

/** What only a master says: its prompt, or the way to its workers in the list of its commands. */
const MASTERS_WORDS = /^master(?:\[ReloadFailed\])?(?:\([a-z]+\))?> |\n {2}@!<pid> /;

/** The command cannot be sent as it is: nothing was sent. */
export class InvalidCommand extends HappiError {
  /**
   * Makes the error.
   *
   * @param command the command as it was given
   * @param why what is wrong with it
   */
  constructor(command: string, why: string) {
    super("invalid_command", `Cannot send ${quote(command)}: ${why}`);
  }
}

/** HAProxy answered, and the answer is a refusal. */
export class CommandRefused extends HappiError {
  /** The command as it was sent, without prefixes. */
  readonly command: string;
  /** HAProxy's words, without the blank lines at the end. */
  readonly answer: string;

  /**
   * Makes the error.
   *
   * @param command the command that was sent
   * @param answer HAProxy's words
   */
  constructor(command: string, answer: string) {
    const words = answer.trim();
    super("command_refused", `Cannot carry out ${quote(command)}: HAProxy answered ${quote(firstLine(words))}`);
    this.command = command;
    this.answer = words;
  }
}

/** HAProxy does not know the command: it is older or newer than the command, or was built without it. */
export class UnknownCommand extends CommandRefused {}

/** The socket's level (`user`, `operator`, `admin`) does not allow the command. */
export class CommandForbidden extends CommandRefused {}

/** The socket was closed by its owner while the call waited. */
export class SocketClosed extends SocketError {
  /**
   * Makes the error.
   *
   * @param address the socket
   */
  constructor(address: string) {
    super("socket_closed", address, `Cannot use the socket to "${address}": it was closed`);
  }
}

function firstLine(text: string): string {
  const end = text.indexOf("\n");
  return end < 0 ? text : text.slice(0, end);
}

function quote(text: string): string {
  return `"${text.length > 120 ? `${text.slice(0, 117)}...` : text}"`;
}
