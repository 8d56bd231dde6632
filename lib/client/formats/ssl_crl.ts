/**
 * The certificate revocation lists that HAProxy holds: the list of files, and the lists in one (management guide,
 * "show ssl crl-file").
 *
 * @module
 */

import { parseCertificateDate } from "./certificate_date.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectMatch, expectNumber } from "./expect.ts";
import { parseTransactionList, type TransactionList } from "./transaction_list.ts";

/**
 * Reads the list: the answer to `show ssl crl-file` without a name (2.5 and later).
 *
 * @param answer the whole answer
 * @returns the names, and apart from them that of the open transaction
 * @throws {UnexpectedAnswer} when the answer is no such list
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCrlFiles } from "./ssl_crl.ts";
 *
 * assert.deepEqual(parseCrlFiles("# filename\n/etc/crl.pem\n\n"), { transactions: [], files: ["/etc/crl.pem"] });
 * ```
 */
export function parseCrlFiles(answer: string): TransactionList {
  return parseTransactionList(COMMAND, answer);
}

/** One certificate that must not be trusted any more. */
export interface RevokedCertificate {
  /** Serial number, upper-case hexadecimal. */
  serial_number: string;
  /** Since when, ISO 8601 in UTC. */
  revocation_date?: string;
}

/** One revocation list of a file. */
export interface RevocationList {
  /** Its index: `show ssl crl-file <file>:<index>` asks for this one alone. */
  index: number;
  /** X.509 version of the list. */
  version?: number;
  /** Such as `sha256WithRSAEncryption`. */
  signature_algorithm?: string;
  /** Issuer, in OpenSSL's one-line form. */
  issuer?: string;
  /** When it was issued, ISO 8601 in UTC. */
  last_update?: string;
  /** When it must have been replaced, ISO 8601 in UTC. */
  next_update?: string;
  /** The revoked certificates. */
  revoked: RevokedCertificate[];
  /** All its lines as OpenSSL printed them: extensions are free text. */
  lines: string[];
}

/** A CRL file in detail. */
export interface CrlFile {
  /** Its name, without the star of a transaction. */
  filename: string;
  /** Whether this is the open transaction (`*name`). */
  is_transaction: boolean;
  /** `Used`, `Unused`, or `Uncommitted` (3.2 and later) for a transaction. */
  status: string;
  /** Its lists, or the one that was asked for. */
  lists: RevocationList[];
}

/**
 * Reads the details: the answer to `show ssl crl-file <file>[:<index>]`. Extensions are free text; every line is kept in `lines`.
 *
 * @param answer the whole answer
 * @returns the file and its revocation lists
 * @throws {UnexpectedAnswer} when the answer has another shape, or is empty as it is for an index out of range
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCrlFile } from "./ssl_crl.ts";
 *
 * const file = parseCrlFile(
 *   "Filename: crl.pem\nStatus: Used\n \nCertificate Revocation List #1:\nVersion 2\nNo Revoked Certificates.\n\n",
 * );
 * assert.equal(file.lists[0]?.version, 2);
 * assert.deepEqual(file.lists[0]?.revoked, []);
 * ```
 */
export function parseCrlFile(answer: string): CrlFile {
  const [nameLine, statusLine, ...lines] = answerLines(answer);
  const [star, filename = ""] = expectMatch(COMMAND, '"Filename: <name>"', /^Filename: (\*?)(.+)$/, nameLine, answer);
  const [status = ""] = expectMatch(COMMAND, '"Status: <status>"', /^Status: (.+)$/, statusLine, answer);
  const lists: RevocationList[] = [];
  for (const line of lines) {
    if (line === " ") continue;
    const title = /^Certificate Revocation List #(\d+):$/.exec(line);
    if (title !== null) {
      lists.push({ index: expectNumber(COMMAND, title[1], answer), revoked: [], lines: [] });
      continue;
    }
    const list = lists.at(-1);
    if (list === undefined) {
      throw new UnexpectedAnswer(COMMAND, 'a line "Certificate Revocation List #<n>:"', answer, line);
    }
    list.lines.push(line);
    takeLine(list, line);
  }
  return { filename, is_transaction: star === "*", status, lists };
}

/** Puts what a line says into the list; a line that says nothing known is free text. */
function takeLine(list: RevocationList, line: string): void {
  const [, version] = /^Version (\d{1,3})$/.exec(line) ?? [];
  if (version !== undefined) list.version = Number(version);
  const [, key, value = ""] = /^ *([A-Za-z][A-Za-z ]*): *(.*)$/.exec(line) ?? [];
  if (key === "Serial Number") list.revoked.push({ serial_number: value });
  if (key === "Signature Algorithm") list.signature_algorithm ??= value;
  if (key === "Issuer") list.issuer ??= value;
  const date = parseCertificateDate(value);
  if (date === undefined) return;
  if (key === "Last Update") list.last_update = date;
  if (key === "Next Update") list.next_update = date;
  const revoked = list.revoked.at(-1);
  if (key === "Revocation Date" && revoked !== undefined) revoked.revocation_date = date;
}

const COMMAND = "show ssl crl-file";
