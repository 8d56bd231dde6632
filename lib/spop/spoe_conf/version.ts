/**
 * Which HAProxy a configuration is for, as far as SPOE differs: it was rewritten in 3.1 (haproxy.md 4.3).
 */
import { HappiError } from "../../errors.ts";

/** A HAProxy version, without its patch number. */
export interface HaproxyVersion {
  readonly major: number;
  readonly minor: number;
}

/** The text is no version of HAProxy that SPOE is known of. */
export class InvalidHaproxyVersion extends HappiError {
  /** @param text what was given */
  constructor(text: string) {
    super("invalid_haproxy_version", `Cannot use HAProxy version "${text}": it must be like "3.2", and 2.0 or later`);
  }
}

/**
 * Reads a version: `3.2`, `3.2.26`, `3.5-dev5`, `2.6.12-1+deb12u3`.
 *
 * @param text the version
 * @throws {InvalidHaproxyVersion} when it is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHaproxyVersion } from "./version.ts";
 * assert.deepEqual(parseHaproxyVersion("3.2.26-1"), { major: 3, minor: 2 });
 * ```
 */
export function parseHaproxyVersion(text: string): HaproxyVersion {
  const [, major = "", minor = ""] = /^(\d{1,2})\.(\d{1,3})(?:[.-].*)?$/.exec(text) ?? [];
  if (major === "" || Number(major) < 2) throw new InvalidHaproxyVersion(text);
  return { major: Number(major), minor: Number(minor) };
}

/** Whether SPOE is the one of 3.1 and later: `mode spop`, one frame a stream, several options without effect. */
export function hasSpopMode({ major, minor }: HaproxyVersion): boolean {
  return major > 3 || (major === 3 && minor >= 1);
}
