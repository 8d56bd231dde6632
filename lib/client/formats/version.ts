/**
 * HAProxy's version in its parts, and the order of its branches (management guide, "show version", 2.6 and later; the same text
 * is in `show info`).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";

/** A branch of HAProxy: `3.0`, `3.2`. */
export type Branch = `${number}.${number}`;

/** A version. */
export interface Version {
  /** The whole text, such as `3.0.11-1+deb13u3`. */
  text: string;
  /** First number. */
  major: number;
  /** Second number; even ones are long-term branches. */
  minor: number;
  /** Third number; 0 for a development version. */
  patch: number;
  /** Number of the development version, such as 5 in `3.5-dev5`; absent for a release. */
  dev?: number;
  /** Major and minor: what decides which commands there are, but for backports. */
  branch: Branch;
}

/**
 * Reads a version, or the answer to `show version`.
 *
 * @param text the version; blank lines behind it do not matter
 * @returns its parts
 * @throws {UnexpectedAnswer} when the text does not start as a version, or holds a blank
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseVersion } from "./version.ts";
 *
 * assert.deepEqual(parseVersion("3.0.11-1+deb13u3\n\n"), {
 *   text: "3.0.11-1+deb13u3",
 *   major: 3,
 *   minor: 0,
 *   patch: 11,
 *   branch: "3.0",
 * });
 * assert.equal(parseVersion("3.5-dev5-a1b2c3d-12").dev, 5);
 * ```
 */
export function parseVersion(text: string): Version {
  const version = text.trim();
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?(?:-dev(\d{1,6}))?(?:[-+~.][^\s]*)?$/.exec(version);
  if (match === null) throw new UnexpectedAnswer("show version", 'a version such as "3.0.11-1+deb13u3"', text);
  const [, majorText, minorText, patch, dev] = match;
  const major = Number(majorText);
  const minor = Number(minorText);
  return {
    text: version,
    major,
    minor,
    patch: Number(patch ?? 0),
    ...(dev === undefined ? {} : { dev: Number(dev) }),
    branch: `${major}.${minor}`,
  };
}

/**
 * Which of two branches is older; for `sort`, and for "has it since".
 *
 * @param a a branch
 * @param b another
 * @returns less than 0 when `a` is older, more than 0 when `b` is, 0 when they are the same
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compareBranch } from "./version.ts";
 *
 * assert.ok(compareBranch("2.6", "3.0") < 0);
 * assert.ok(compareBranch("3.10", "3.2") > 0);
 * assert.equal(compareBranch("3.2", "3.2"), 0);
 * ```
 */
export function compareBranch(a: Branch, b: Branch): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}
