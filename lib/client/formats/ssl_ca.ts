/**
 * The CA files that HAProxy holds: the list with the number of certificates of each, and the certificates of one
 * (management guide, "show ssl ca-file").
 *
 * @module
 */

import { type CertificateFields, takeCertificateField } from "./certificate_fields.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch, expectNumber } from "./expect.ts";
import { parseTransactionList } from "./transaction_list.ts";

/** A CA file in the list. */
export interface CaFileName {
  /** Its name; `@system-ca` for the system's own. */
  filename: string;
  /** How many certificates it holds. */
  certificates: number;
}

/** The list of CA files. */
export interface CaFileList {
  /** The open transaction, when there is one. */
  transactions: CaFileName[];
  /** What HAProxy uses or could use. */
  files: CaFileName[];
}

/**
 * Reads the list: the answer to `show ssl ca-file` without a name (2.5 and later).
 *
 * @param answer the whole answer
 * @returns names and numbers of certificates
 * @throws {UnexpectedAnswer} when the answer is no such list
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCaFiles } from "./ssl_ca.ts";
 *
 * assert.deepEqual(parseCaFiles("# filename\n@system-ca - 144 certificate(s)\n\n"), {
 *   transactions: [],
 *   files: [{ filename: "@system-ca", certificates: 144 }],
 * });
 * ```
 */
export function parseCaFiles(answer: string): CaFileList {
  const { transactions, files } = parseTransactionList(COMMAND, answer);
  const read = (line: string): CaFileName => {
    const [filename = "", count] = expectMatch(COMMAND, '"<name> - <n> certificate(s)"', LISTED, line, answer);
    return { filename, certificates: expectNumber(COMMAND, count, answer) };
  };
  return { transactions: transactions.map(read), files: files.map(read) };
}

/** One certificate of a CA file. */
export interface CaCertificate extends CertificateFields {
  /** Its index: `show ssl ca-file <file>:<index>` asks for this one alone. */
  index: number;
}

/** A CA file in detail. */
export interface CaFile {
  /** Its name, without the star of a transaction. */
  filename: string;
  /** Whether this is the open transaction (`*name`). */
  is_transaction: boolean;
  /** `Used`, `Unused`, or `Uncommitted` (3.2 and later) for a transaction. */
  status: string;
  /** Its certificates, or the one that was asked for. */
  certificates: CaCertificate[];
}

/**
 * Reads the details: the answer to `show ssl ca-file <file>[:<index>]`.
 *
 * @param answer the whole answer
 * @returns the file and its certificates
 * @throws {UnexpectedAnswer} when the answer has another shape, or is empty as it is for an index out of range
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCaFile } from "./ssl_ca.ts";
 *
 * const file = parseCaFile("Filename: ca.crt\nStatus: Used\n \nCertificate #1:\nSerial: 14\nAlgorithm: RSA2048\n\n");
 * assert.equal(file.certificates[0]?.index, 1);
 * assert.equal(file.certificates[0]?.key_type, "RSA");
 * ```
 */
export function parseCaFile(answer: string): CaFile {
  const [nameLine, statusLine, ...lines] = answerLines(answer);
  const [star, filename = ""] = expectMatch(COMMAND, '"Filename: <name>"', /^Filename: (\*?)(.+)$/, nameLine, answer);
  const [status = ""] = expectMatch(COMMAND, '"Status: <status>"', /^Status: (.+)$/, statusLine, answer);
  const certificates: CaCertificate[] = [];
  for (const line of lines) {
    // A line with one blank stands for an empty line.
    if (line === " ") continue;
    const title = /^Certificate #(\d+):$/.exec(line);
    if (title !== null) {
      certificates.push({ index: expectNumber(COMMAND, title[1], answer) });
      continue;
    }
    const colon = line.indexOf(": ");
    const certificate = certificates.at(-1);
    if (
      certificate === undefined || colon < 1 ||
      !takeCertificateField(certificate, line.slice(0, colon), line.slice(colon + 2))
    ) throw new UnexpectedAnswer(COMMAND, 'the lines of "Certificate #<n>:"', answer, line);
  }
  return { filename, is_transaction: star === "*", status, certificates };
}

const COMMAND = "show ssl ca-file";
const LISTED = /^(.+) - (\d+) certificate\(s\)$/;
