/**
 * The certificates that HAProxy holds: the list of them, and one in detail (management guide, "show ssl cert").
 *
 * @module
 */

import { type CertificateFields, takeCertificateField } from "./certificate_fields.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseTransactionList, type TransactionList } from "./transaction_list.ts";

/**
 * Reads the list: the answer to `show ssl cert` without a name.
 *
 * @param answer the whole answer
 * @returns the names of the certificate stores, and apart from them those of the open transaction
 * @throws {UnexpectedAnswer} when the answer is no such list (a level too low is answered `Can't allocate memory!`)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCertificates } from "./ssl_cert.ts";
 *
 * assert.deepEqual(parseCertificates("# filename\n/etc/site.pem\n\n"), { transactions: [], files: ["/etc/site.pem"] });
 * ```
 */
export function parseCertificates(answer: string): TransactionList {
  return parseTransactionList(COMMAND, answer);
}

/** One certificate store, as `show ssl cert <file>` describes it. */
export interface Certificate extends CertificateFields {
  /** The store's name, without the star of a transaction. */
  filename: string;
  /** Whether this is the open transaction (`*name`), not what HAProxy uses. */
  is_transaction: boolean;
  /** `Used`, `Unused`, `Empty`, or `Uncommitted` (3.2 and later) for a transaction. */
  status: string;
  /** The file that the certificate was read from (3.2 and later). */
  crt_filename?: string;
  /** Options of the store such as `ocsp-update` and `jwt`, each `on` or `off` (3.4 and later). */
  options: Record<string, string>;
  /** The id under which its OCSP response is kept; absent when it has none. */
  ocsp_response_key?: string;
  /** Lines `Key: value` that this parser does not know: newer versions add some. */
  others: { key: string; value: string }[];
}

/**
 * Reads the details: the answer to `show ssl cert <file>`. Not for `show ssl cert <file>.ocsp`: that is an OCSP response.
 *
 * @param answer the whole answer
 * @returns the certificate; dates in ISO 8601 beside HAProxy's own text
 * @throws {UnexpectedAnswer} when the answer is not made of the lines that describe a certificate store
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCertificate } from "./ssl_cert.ts";
 *
 * const certificate = parseCertificate(
 *   "Filename: *site.pem\nStatus: Uncommitted\nnotAfter: Feb 23 00:10:24 2029 GMT\nAlgorithm: EC256\n\n",
 * );
 * assert.equal(certificate.filename, "site.pem");
 * assert.equal(certificate.is_transaction, true);
 * assert.equal(certificate.not_after, "2029-02-23T00:10:24Z");
 * assert.equal(certificate.key_bits, 256);
 * ```
 */
export function parseCertificate(answer: string): Certificate {
  const [first = "", ...lines] = answerLines(answer);
  if (!first.startsWith(FILENAME)) throw new UnexpectedAnswer(COMMAND, `a line "${FILENAME}<name>"`, answer, first);
  const name = first.slice(FILENAME.length);
  const isTransaction = name.startsWith("*");
  const certificate: Certificate = {
    filename: isTransaction ? name.slice(1) : name,
    is_transaction: isTransaction,
    status: "",
    options: {},
    others: [],
  };
  const options = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(": ");
    if (colon < 1) throw new UnexpectedAnswer(COMMAND, 'lines "Key: value"', answer, line);
    const key = line.slice(0, colon);
    const value = line.slice(colon + 2);
    if (key === "Status") certificate.status = value;
    else if (key === "Crt filename") certificate.crt_filename = value;
    else if (key === "Option") options.set(...splitOption(value));
    else if (key === "OCSP Response Key") {
      if (value !== "") certificate.ocsp_response_key = value;
    } else if (!takeCertificateField(certificate, key, value)) certificate.others.push({ key, value });
  }
  if (certificate.status === "") throw new UnexpectedAnswer(COMMAND, 'a line "Status: "', answer);
  certificate.options = Object.fromEntries(options);
  return certificate;
}

const COMMAND = "show ssl cert";
const FILENAME = "Filename: ";

/** `ocsp-update off` in its two parts. */
function splitOption(option: string): [string, string] {
  const blank = option.indexOf(" ");
  return blank < 0 ? [option, ""] : [option.slice(0, blank), option.slice(blank + 1)];
}
