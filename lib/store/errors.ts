/**
 * What can go wrong with the store.
 */
import { HappiError } from "../errors.ts";

/** Somebody else has changed the key in the meantime. */
export class RevisionConflict extends HappiError {
  /** The revision that the key has; 0 where it is not there. */
  readonly actual: number;

  /**
   * @param key which
   * @param expected the revision that the caller knew
   * @param actual the revision that it has
   */
  constructor(key: string, expected: number, actual: number) {
    const is = actual === 0 ? "is not there" : `has revision ${actual}`;
    const wanted = expected === 0 ? "must not be there" : `must have revision ${expected}`;
    super("revision_conflict", `Cannot change "${key}" in the store: it ${is} and ${wanted}`);
    this.actual = actual;
  }
}

/** The key or the value is not one that is kept. */
export class InvalidEntry extends HappiError {
  /**
   * @param key which
   * @param why what is wrong with it
   */
  constructor(key: string, why: string, cause?: unknown) {
    const shown = JSON.stringify(key.slice(0, 80));
    super("invalid_entry", `Cannot keep ${shown} in the store: ${why}`, cause === undefined ? undefined : { cause });
  }
}

/** The store's file cannot be read or written. Who uses the store goes on with what is in memory. */
export class StoreFailed extends HappiError {
  /** What is in the way, without what was tried. */
  readonly why: string;

  /**
   * @param what what was tried: `keep "agent/maintenance/web"`
   * @param why what is in the way
   * @param cause the error underneath
   */
  constructor(what: string, why: string, cause?: unknown) {
    super("store_failed", `Cannot ${what}: ${why}`, cause === undefined ? undefined : { cause });
    this.why = why;
  }
}

/** The store was used after it was closed. */
export class StoreClosed extends HappiError {
  constructor() {
    super("store_closed", "Cannot use the store: it is closed");
  }
}
