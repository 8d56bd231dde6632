/**
 * The one base class of every error that happi raises; each folder has its own subclasses, one a condition.
 *
 * The message grammar is: what could not be done, a colon, why, with the value in quotes.
 *
 * @module
 */

/**
 * An error of happi's own: something that can happen to a correct program and that its user can act on.
 *
 * @example
 * ```ts
 * import { HappiError } from "./errors.ts";
 * const error = new HappiError("socket_not_found", 'Cannot connect to "/run/x.sock": there is no such file');
 * if (error.code !== "socket_not_found") throw new Error("the code is kept");
 * ```
 */
export class HappiError extends Error {
  /** A stable word for programs (`snake_case`); it does not change when the message is reworded. */
  readonly code: string;

  /**
   * Makes the error; its name is that of its class.
   *
   * @param code the stable word for programs
   * @param message what could not be done, a colon, why
   * @param options `cause` is the error underneath, where there is one
   */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** What an unknown thrown value has to say, for use after the colon of a message. */
export function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
