/**
 * TLS ticket keys: the files that they come from, and the keys themselves (management guide, "show tls-keys").
 *
 * @module
 */

import { expectHeader, expectMatch, expectNumber } from "./expect.ts";
import { UnexpectedAnswer } from "./errors.ts";

/** A file of ticket keys. */
export interface TlsKeyFile {
  /** Its id: `#<id>` names it in commands. */
  id: number;
  /** Its path. */
  filename: string;
}

/**
 * Reads the list: the answer to `show tls-keys` without an id.
 *
 * @param answer the whole answer
 * @returns the files
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTlsKeyFiles } from "./tls_keys.ts";
 *
 * assert.deepEqual(parseTlsKeyFiles("# id (file)\n0 (/etc/tickets)\n\n"), [{ id: 0, filename: "/etc/tickets" }]);
 * ```
 */
export function parseTlsKeyFiles(answer: string): TlsKeyFile[] {
  return expectHeader(COMMAND, "# id (file)", answer).map((line) => {
    const [id, filename = ""] = expectMatch(COMMAND, '"<id> (<file>)"', /^(\d+) \((.+)\)$/, line, answer);
    return { id: expectNumber(COMMAND, id, answer), filename };
  });
}

/** A file of ticket keys with its keys. */
export interface TlsKeys extends TlsKeyFile {
  /** The keys in base64, the oldest first. They are secrets. */
  keys: string[];
}

/**
 * Reads the keys: the answer to `show tls-keys <id>` and `show tls-keys *`. They are secrets: do not log them.
 *
 * @param answer the whole answer
 * @returns the files with their keys
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTlsKeys } from "./tls_keys.ts";
 *
 * assert.deepEqual(parseTlsKeys("# id secret\n# 0 (/etc/tickets)\n0.0 AAAA\n0.1 BBBB\n\n"), [
 *   { id: 0, filename: "/etc/tickets", keys: ["AAAA", "BBBB"] },
 * ]);
 * ```
 */
export function parseTlsKeys(answer: string): TlsKeys[] {
  const files: TlsKeys[] = [];
  for (const line of expectHeader(COMMAND, "# id secret", answer)) {
    const [, id, filename = ""] = /^# (\d+) \((.+)\)$/.exec(line) ?? [];
    if (id !== undefined) {
      files.push({ id: expectNumber(COMMAND, id, answer), filename, keys: [] });
      continue;
    }
    const [, owner, key = ""] = /^(\d+)\.\d+ ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    const file = files.at(-1);
    if (file === undefined || owner === undefined || String(file.id) !== owner) {
      // The line may hold a secret, and messages are logged: it is not quoted.
      throw new UnexpectedAnswer(COMMAND, '"<id>.<n> <key>" under "# <id> (<file>)"', answer, "another line");
    }
    file.keys.push(key);
  }
  return files;
}

const COMMAND = "show tls-keys";
