/**
 * What can go wrong with sources: each is told as a trouble, and never thrown at who has started one.
 */
import { HappiError } from "../../errors.ts";

/** A source could not find out what it is there for. */
export class SourceFailed extends HappiError {
  /**
   * @param target where it looked: a path, a name or a URL, without credentials
   * @param why what is wrong
   * @param cause the error underneath
   */
  constructor(target: string, why: string, cause?: unknown) {
    super("source_failed", `Cannot read "${target}": ${why}`, cause === undefined ? undefined : { cause });
  }
}
