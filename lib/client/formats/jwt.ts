/**
 * The certificates that may validate JWT signatures (management guide, "show ssl jwt", 3.3 and later).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { expectHeader } from "./expect.ts";

/**
 * Reads the answer to `show ssl jwt`.
 *
 * @param answer the whole answer
 * @returns the names of the certificate stores
 * @throws {UnexpectedAnswer} when the answer does not start with `# filename`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseJwtCertificates } from "./jwt.ts";
 *
 * assert.deepEqual(parseJwtCertificates("# filename\n/etc/ec.pem\n\n"), ["/etc/ec.pem"]);
 * ```
 */
export function parseJwtCertificates(answer: string): string[] {
  const names = expectHeader(COMMAND, "# filename", answer);
  if (names.includes("")) throw new UnexpectedAnswer(COMMAND, "one name a line", answer);
  return names;
}

const COMMAND = "show ssl jwt";
