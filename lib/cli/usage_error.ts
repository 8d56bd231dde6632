/**
 * The command line cannot be understood.
 */
import { HappiError } from "../errors.ts";

/** What was typed is not what happi takes; nothing was sent. */
export class UsageError extends HappiError {
  /** What to type to learn more, such as `happi socket --help`. */
  readonly hint: string | undefined;

  /**
   * @param message what could not be understood, a colon, why
   * @param hint what to type to learn more
   */
  constructor(message: string, hint?: string) {
    super("usage", message);
    this.hint = hint;
  }
}
