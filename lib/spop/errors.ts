/**
 * What can go wrong with agents and connections to them: one class a condition.
 */
import { HappiError } from "../errors.ts";
import type { StatusCode } from "./codec/mod.ts";

/** The other side ended the connection, or never was one of SPOP. */
export class SpopClosed extends HappiError {
  /** The status code that it gave, if it said goodbye. */
  readonly status: number | undefined;

  /**
   * @param address the other side
   * @param why what it said
   * @param status the status code that it gave
   * @param cause the error underneath
   */
  constructor(address: string, why: string, status?: number, cause?: unknown) {
    super("spop_closed", `Cannot go on with "${address}": ${why}`, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** The other side broke the protocol. */
export class SpopViolation extends HappiError {
  /** The code to say goodbye with. */
  readonly status: StatusCode;

  /**
   * @param address the other side
   * @param why what it did
   * @param status the code to say goodbye with
   */
  constructor(address: string, why: string, status: StatusCode) {
    super("spop_violation", `Cannot understand "${address}": ${why}`);
    this.status = status;
  }
}

/** No ACK came in time. */
export class SpopTimeout extends HappiError {
  /**
   * @param address the other side
   * @param what what was waited for
   * @param timeoutMs for how long
   */
  constructor(address: string, what: string, timeoutMs: number) {
    super("spop_timeout", `Cannot get ${what} from "${address}": nothing came within ${timeoutMs} ms`);
  }
}

/** An agent cannot be used as it was asked to. */
export class InvalidAgent extends HappiError {
  /** @param message what could not be done, a colon, why */
  constructor(message: string) {
    super("invalid_agent", message);
  }
}
