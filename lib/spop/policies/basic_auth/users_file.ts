/**
 * A file of users: `user:stored password` a line, `#` begins a comment line. It is htpasswd's form with safe hashes only.
 */
import { hash } from "node:crypto";
import { HappiError, reason } from "../../../errors.ts";
import { parsePasswordHash, type PasswordHash } from "./password_hash.ts";

/** A file of users cannot be used. */
export class UnusableUsers extends HappiError {
  /**
   * @param where the file
   * @param why what is wrong with it, with the line
   * @param cause the error underneath
   */
  constructor(where: string, why: string, cause?: unknown) {
    super("unusable_users", `Cannot use the users of "${where}": ${why}`, cause === undefined ? undefined : { cause });
  }
}

/** Users and their stored passwords; never empty. */
export interface Users {
  readonly byName: ReadonlyMap<string, PasswordHash>;
  /**
   * What an unknown user's password is compared with, so that it takes as long: as with a known one, always the same for
   * the same name, and by the name which. One for all would show who is known where stored passwords differ in cost.
   */
  decoyFor(name: string): PasswordHash;
}

/**
 * Reads a file of users.
 *
 * @param text its content
 * @param where the file, for the message
 * @throws {UnusableUsers} when a line is wrong, a user is there twice, or nobody is
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseUsers } from "./users_file.ts";
 * assert.throws(() => parseUsers("bob:secret\n", "users"), /line 1: .* plain password/);
 * ```
 */
export function parseUsers(text: string, where: string): Users {
  const byName = new Map<string, PasswordHash>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const at = line.indexOf(":");
    const name = line.slice(0, at);
    const place = `line ${index + 1}`;
    if (at < 1) throw new UnusableUsers(where, `${place} is not "user:stored password"`);
    if (byName.has(name)) throw new UnusableUsers(where, `${place} names user "${name}" again`);
    try {
      byName.set(name, parsePasswordHash(line.slice(at + 1).trim()));
    } catch (thrown) {
      throw new UnusableUsers(where, `${place}: ${reason(thrown)}`, thrown);
    }
  }
  const all = [...byName.values()];
  const [first] = all;
  if (first === undefined) throw new UnusableUsers(where, "it names nobody");
  // Nobody who does not know the file can tell which it is, and it stays the same when the file is read again.
  const key = hash("sha256", text);
  const decoyFor = (name: string) => all[hash("sha256", key + name, "buffer").readUInt32BE() % all.length] ?? first;
  return { byName, decoyFor };
}
