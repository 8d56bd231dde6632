/**
 * What can go wrong with checks: in the way they are written, and while they run.
 */
import { HappiError } from "../errors.ts";

/** A check cannot be made from what was written. */
export class InvalidCheck extends HappiError {
  /**
   * @param check its name in the configuration, or its kind
   * @param why what is wrong: `option "status" is "abc" and must be …`
   */
  constructor(check: string, why: string, cause?: unknown) {
    super("invalid_check", `Cannot make check "${check}": ${why}`, cause === undefined ? undefined : { cause });
  }
}

/** A check could not find out what it was asked. The message is the reason that people are shown. */
export class CheckFailed extends HappiError {
  constructor(why: string, cause?: unknown) {
    super("check_failed", why, cause === undefined ? undefined : { cause });
  }
}

/** A target that a request on the wire may not name. */
export class TargetRefused extends CheckFailed {}

export { InvalidReply } from "./reply.ts";
