/**
 * What the server itself says no to, before HAProxy is asked: one class a condition. Their HTTP statuses, and those of
 * the errors of `socket` and `client`, are in `error_status.ts`.
 */
import { HappiError } from "../errors.ts";

/** A part of the request (path, query, body) is not what the route takes. */
export class InvalidRequest extends HappiError {
  /** @param message what could not be used, a colon, why */
  constructor(message: string) {
    super("invalid_request", message);
  }
}

/** There is nothing at this path. */
export class NoRoute extends HappiError {
  /** @param path the path that was asked for */
  constructor(path: string) {
    super("not_found", `Cannot find "${path}": there is no such route; GET / lists them`);
  }
}

/** The path is there, and does not take this method. */
export class MethodNotAllowed extends HappiError {
  /** The methods that it takes. */
  readonly allowed: readonly string[];

  /**
   * @param method the request's method
   * @param path the path that was asked for
   * @param allowed the methods that the path takes
   */
  constructor(method: string, path: string, allowed: readonly string[]) {
    super("method_not_allowed", `Cannot ${method} "${path}": it takes ${allowed.join(", ")}`);
    this.allowed = allowed;
  }
}

/** Some of a change's steps were carried out before one was refused. */
export class PartlyApplied extends HappiError {
  /** The refusal. */
  override readonly cause: Error;
  /** The fields that were changed. */
  readonly applied: readonly string[];

  /**
   * @param applied the fields that were changed
   * @param cause what stopped the next one
   */
  constructor(applied: readonly string[], cause: Error) {
    super(cause instanceof HappiError ? cause.code : "internal", cause.message, { cause });
    this.applied = applied;
    this.cause = cause;
  }
}

/** The body is larger than the server takes. */
export class BodyTooLarge extends HappiError {
  /** @param limit the largest body, in bytes */
  constructor(limit: number) {
    super("body_too_large", `Cannot take the body: it is larger than ${limit} bytes`);
  }
}

/** The body is of a type that the route does not read. */
export class UnsupportedBody extends HappiError {
  /**
   * @param given the request's Content-Type
   * @param wanted what the route reads
   */
  constructor(given: string | undefined, wanted: readonly string[]) {
    const got = given === undefined ? "no Content-Type" : `Content-Type "${given}"`;
    super("unsupported_media_type", `Cannot read the body: it has ${got}, and this route reads ${wanted.join(" or ")}`);
  }
}

/** The request names a host that this server does not answer for: the sign of a rebound DNS name. */
export class ForeignHost extends HappiError {
  /** @param host the request's Host */
  constructor(host: string) {
    super("foreign_host", `Cannot answer for host "${host}": it is none of this server's names`);
  }
}

/** The request comes from a page of another site. */
export class ForeignOrigin extends HappiError {
  /** @param origin the request's Origin */
  constructor(origin: string) {
    super("foreign_origin", `Cannot answer a page of "${origin}": it is not among the allowed origins`);
  }
}

/** The answer took longer than a request may. */
export class DeadlineExceeded extends HappiError {
  /** @param deadlineMs the time that the request had, in milliseconds */
  constructor(deadlineMs: number) {
    super("deadline_exceeded", `Cannot answer in time: the request had ${deadlineMs} ms`);
  }
}

/** The server stops, and its time to finish requests is over. */
export class ServerStopping extends HappiError {
  constructor() {
    super("server_stopping", "Cannot finish the request: the server stops");
  }
}

/** The address can be reached from other machines, and nothing guards it. */
export class NonLoopbackListener extends HappiError {
  /** @param address the address as it was given */
  constructor(address: string) {
    super(
      "non_loopback_listener",
      `Cannot listen on "${address}": other machines reach it and nothing guards it; listen on 127.0.0.1, [::1] or a ` +
        "unix socket, or allow it with `insecure`",
    );
  }
}

/** Somebody listens there already, or what is there cannot be replaced. */
export class ListenFailed extends HappiError {
  /**
   * @param address the address
   * @param why what is in the way
   * @param cause the system's error
   */
  constructor(address: string, why: string, cause?: unknown) {
    super("listen_failed", `Cannot listen on "${address}": ${why}`, cause === undefined ? undefined : { cause });
  }
}
