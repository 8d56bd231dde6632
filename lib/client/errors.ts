/**
 * What can go wrong between a method of the client and HAProxy's answer, beyond what the socket itself raises.
 */
import { HappiError } from "../errors.ts";

/** An argument that HAProxy would swallow, misread or refuse: nothing was sent. */
export class InvalidArgument extends HappiError {
  /** The parameter's name. */
  readonly parameter: string;

  /**
   * Makes the error and its message.
   *
   * @param parameter the parameter's name
   * @param value what was given
   * @param why what is wrong with it
   */
  constructor(parameter: string, value: unknown, why: string) {
    super("invalid_argument", `Cannot use ${show(value)} as ${parameter}: ${why}`);
    this.parameter = parameter;
  }
}

/** The connected HAProxy does not have the command, or not with these arguments. */
export class UnsupportedCommand extends HappiError {
  /** The first version that has it, such as `3.2`. */
  readonly since: string;
  /** The connected version's full text. */
  readonly connected: string;

  /**
   * Makes the error and its message.
   *
   * @param what the command, or the argument of it
   * @param since the first version that has it
   * @param connected the connected version's full text
   */
  constructor(what: string, since: string, connected: string) {
    super("unsupported_command", `Cannot use "${what}": it needs HAProxy ${since}, and this is ${connected}`);
    this.since = since;
    this.connected = connected;
  }
}

/** The command can take the connected HAProxy down, so it was not sent; `force` sends it all the same. */
export class DangerousCommand extends HappiError {
  /**
   * Makes the error and its message.
   *
   * @param command the command that was held back
   * @param why what it can do to the connected version
   */
  constructor(command: string, why: string) {
    super("dangerous_command", `Cannot send "${command}" without force: ${why}`);
  }
}

/** HAProxy answered without an error, and a look afterwards shows that it did not do what was asked. */
export class NotApplied extends HappiError {
  /**
   * Makes the error and its message.
   *
   * @param what what was asked for
   * @param found what is there instead
   */
  constructor(what: string, found: string) {
    super("not_applied", `Cannot ${what}: HAProxy accepted it, and shows ${found}`);
  }
}

/** Another file's transaction is open, and HAProxy has one of a kind for all: nothing was sent. */
export class TransactionOpen extends HappiError {
  /** The file that the open transaction is about. */
  readonly pending: string;

  /**
   * Makes the error and its message.
   *
   * @param kind `cert`, `ca-file` or `crl-file`
   * @param file what was to be changed
   * @param pending the file that the open transaction is about
   */
  constructor(kind: string, file: string, pending: string) {
    super(
      "transaction_open",
      `Cannot change ${kind} "${file}": a transaction of "${pending}" is open; commit or abort it first`,
    );
    this.pending = pending;
  }
}

/** There is no such proxy, server, table, map, certificate or session. */
export class NotFound extends HappiError {
  /**
   * Makes the error and its message.
   *
   * @param what what was asked for, such as `server "web/s9"`
   * @param why what HAProxy said, or where it was looked for
   */
  constructor(what: string, why: string) {
    super("not_found", `Cannot find ${what}: ${why}`);
  }
}

/** The method is the master's, and the client was given a worker's socket. */
export class NoMaster extends HappiError {
  /**
   * Makes the error and its message.
   *
   * @param method the method's name
   */
  constructor(method: string) {
    super("no_master", `Cannot call ${method} on a worker's socket: give the master's (haproxy -S) and say so`);
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return `"${value.length > 80 ? `${value.slice(0, 77)}...` : value}"`;
  if (value === undefined) return "nothing";
  return typeof value === "object" ? "an object" : String(value);
}
