/**
 * OCSP: the responses that HAProxy holds, one of them in text or base64, and the state of their updates (management guide,
 * "show ssl ocsp-response", "show ssl ocsp-updates").
 *
 * @module
 */

import { parseCertificateDate, parseLogDate } from "./certificate_date.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { answerLines, expectInteger, expectMatch, expectNumber } from "./expect.ts";

/** An OCSP response in the list. */
export interface OcspResponseId {
  /** The id that `show ssl ocsp-response <id>` takes, lower-case hexadecimal. */
  id: string;
  /** The certificate file (2.8 and later). */
  path?: string;
  /** Hash of the issuer's name, hexadecimal. */
  issuer_name_hash: string;
  /** Hash of the issuer's key, hexadecimal. */
  issuer_key_hash: string;
  /** Serial number of the certificate, hexadecimal. */
  serial_number: string;
}

/**
 * Reads the list: the answer to `show ssl ocsp-response` without an id (2.5 and later).
 *
 * @param answer the whole answer; blank when HAProxy holds none
 * @returns the responses
 * @throws {UnexpectedAnswer} when the answer is no such list
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseOcspResponses } from "./ssl_ocsp.ts";
 *
 * const [response] = parseOcspResponses(
 *   "# Certificate IDs\nCertificate ID key : 304d\nCertificate path : /etc/site.pem\n Certificate ID:\n" +
 *     "   Issuer Name Hash: 5DC3\n   Issuer Key Hash: 99A7\n   Serial Number: 5EAF\n\n",
 * );
 * assert.equal(response?.id, "304d");
 * assert.equal(response?.path, "/etc/site.pem");
 * assert.equal(response?.serial_number, "5EAF");
 * assert.deepEqual(parseOcspResponses("\n"), []);
 * ```
 */
export function parseOcspResponses(answer: string): OcspResponseId[] {
  const lines = answerLines(answer);
  if (lines.length > 0 && lines.shift() !== "# Certificate IDs") {
    throw new UnexpectedAnswer(RESPONSE, 'the header "# Certificate IDs"', answer);
  }
  const responses: OcspResponseId[] = [];
  let at = 0;
  const next = (label: string, pattern: RegExp): string => {
    const [value = ""] = expectMatch(RESPONSE, `a line "${label}"`, pattern, lines[at], answer);
    at++;
    return value;
  };
  while (at < lines.length) {
    const id = next("Certificate ID key : <id>", /^Certificate ID key : ([0-9a-f]+)$/);
    const path = lines[at]?.startsWith(PATH) ? lines[at++]?.slice(PATH.length) : undefined;
    next("Certificate ID:", /^ Certificate ID:$/);
    responses.push({
      id,
      ...(path === undefined ? {} : { path }),
      issuer_name_hash: next("Issuer Name Hash", /^ +Issuer Name Hash: ([0-9A-F]+)$/),
      issuer_key_hash: next("Issuer Key Hash", /^ +Issuer Key Hash: ([0-9A-F]+)$/),
      serial_number: next("Serial Number", /^ +Serial Number: ([0-9A-F]+)$/),
    });
    // A line with one blank stands for an empty line.
    while (lines[at] === " " || lines[at] === "") at++;
  }
  return responses;
}

/** One OCSP response: what can be told with certainty, and OpenSSL's whole text. */
export interface OcspResponse {
  /** `successful`, or why there is no answer. */
  response_status: string;
  /** `good`, `revoked` or `unknown`. */
  cert_status?: string;
  /** When it was signed, ISO 8601 in UTC. */
  produced_at?: string;
  /** From when it holds, ISO 8601 in UTC. */
  this_update?: string;
  /** Until when it holds, ISO 8601 in UTC. */
  next_update?: string;
  /** OpenSSL's text, blank lines at its end left out. */
  text: string;
}

/**
 * Reads one response: the answer to `show ssl ocsp-response <id>`, `show ssl ocsp-response text <id>` (2.8 and later) and
 * `show ssl cert <file>.ocsp`.
 *
 * @param answer the whole answer
 * @returns status and dates of the first certificate in it, and the text
 * @throws {UnexpectedAnswer} when the answer does not start as OpenSSL's text of a response
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseOcspResponse } from "./ssl_ocsp.ts";
 *
 * const response = parseOcspResponse(
 *   "OCSP Response Data:\n    OCSP Response Status: successful (0x0)\n    Cert Status: good\n\n",
 * );
 * assert.equal(response.response_status, "successful");
 * assert.equal(response.cert_status, "good");
 * ```
 */
export function parseOcspResponse(answer: string): OcspResponse {
  const lines = answerLines(answer);
  if (lines[0] !== "OCSP Response Data:") {
    throw new UnexpectedAnswer(RESPONSE, 'a text that starts with "OCSP Response Data:"', answer);
  }
  const expected = '"OCSP Response Status: <status> (<code>)"';
  const [status = ""] = expectMatch(
    RESPONSE,
    expected,
    /^ +OCSP Response Status: (\S+) \(0x[0-9a-f]+\)$/,
    lines[1],
    answer,
  );
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, key, value = ""] = /^ +(Cert Status|Produced At|This Update|Next Update): (.+)$/.exec(line) ?? [];
    if (key !== undefined && !values.has(key)) values.set(key, value);
  }
  const certStatus = values.get("Cert Status");
  const date = (key: string) => parseCertificateDate(values.get(key) ?? "");
  const producedAt = date("Produced At");
  const thisUpdate = date("This Update");
  const nextUpdate = date("Next Update");
  return {
    response_status: status,
    ...(certStatus === undefined ? {} : { cert_status: certStatus }),
    ...(producedAt === undefined ? {} : { produced_at: producedAt }),
    ...(thisUpdate === undefined ? {} : { this_update: thisUpdate }),
    ...(nextUpdate === undefined ? {} : { next_update: nextUpdate }),
    text: lines.join("\n"),
  };
}

/**
 * Reads one response in base64: the answer to `show ssl ocsp-response base64 <id>` (2.8 and later).
 *
 * @param answer the whole answer
 * @returns the base64 of its DER form, as `set ssl ocsp-response` takes it
 * @throws {UnexpectedAnswer} when the answer is not one line of base64
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseOcspBase64 } from "./ssl_ocsp.ts";
 *
 * assert.equal(parseOcspBase64("MIIFjAoBAKA=\n\n"), "MIIFjAoBAKA=");
 * ```
 */
export function parseOcspBase64(answer: string): string {
  const lines = answerLines(answer);
  const [line = ""] = lines;
  if (lines.length !== 1 || line.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(line)) {
    throw new UnexpectedAnswer(RESPONSE, "one line of base64", answer);
  }
  return line;
}

/** The state of the automatic updates of one response. */
export interface OcspUpdate {
  /** The response's id, lower-case hexadecimal. */
  certid: string;
  /** The certificate file. */
  path: string;
  /** When it is updated next, ISO 8601 in UTC; absent when that is not planned. */
  next_update?: string;
  /** When it was updated last, ISO 8601 in UTC; absent when never. */
  last_update?: string;
  /** Updates that worked. */
  successes: number | bigint;
  /** Updates that did not. */
  failures: number | bigint;
  /** Code of the last update: 0 unknown, 1 success, above that a failure. */
  last_update_status: number;
  /** The same in words. */
  last_update_status_text: string;
}

/**
 * Reads the answer to `show ssl ocsp-updates` (2.8 and later).
 *
 * @param answer the whole answer
 * @returns one entry a response
 * @throws {UnexpectedAnswer} when the header or a row has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseOcspUpdates } from "./ssl_ocsp.ts";
 *
 * const [update] = parseOcspUpdates(
 *   "OCSP Certid | Path | Next Update | Last Update | Successes | Failures | Last Update Status | Last Update Status (str)\n" +
 *     "303b | /etc/cert.pem | 30/Jan/2023:00:08:09 +0000 | - | 0 | 1 | 2 | HTTP error\n\n",
 * );
 * assert.equal(update?.next_update, "2023-01-30T00:08:09Z");
 * assert.equal(update?.last_update, undefined);
 * assert.equal(update?.last_update_status_text, "HTTP error");
 * ```
 */
export function parseOcspUpdates(answer: string): OcspUpdate[] {
  const [header, ...lines] = answerLines(answer);
  if (header !== UPDATES_HEADER) {
    throw new UnexpectedAnswer(UPDATES, `the header "${UPDATES_HEADER}"`, answer, header ?? "");
  }
  return lines.map((line) => {
    const cells = line.split(" | ");
    const statusText = cells.pop() ?? "";
    const [next = "", last = "", successes, failures, status] = cells.splice(-5);
    // What is left is the id and the path, which may hold the separator itself.
    const [certid = "", ...path] = cells;
    const nextUpdate = parseLogDate(next);
    const lastUpdate = parseLogDate(last);
    const dated = (nextUpdate !== undefined || next === "-") && (lastUpdate !== undefined || last === "-");
    if (path.length === 0 || !dated || !/^[0-9a-f]+$/.test(certid)) {
      throw new UnexpectedAnswer(UPDATES, "a row of 8 cells", answer, line);
    }
    return {
      certid,
      path: path.join(" | "),
      ...(nextUpdate === undefined ? {} : { next_update: nextUpdate }),
      ...(lastUpdate === undefined ? {} : { last_update: lastUpdate }),
      successes: expectInteger(UPDATES, successes, answer),
      failures: expectInteger(UPDATES, failures, answer),
      last_update_status: expectNumber(UPDATES, status, answer),
      last_update_status_text: statusText.trim(),
    };
  });
}

const RESPONSE = "show ssl ocsp-response";
const PATH = "Certificate path : ";
const UPDATES = "show ssl ocsp-updates";
const UPDATES_HEADER =
  "OCSP Certid | Path | Next Update | Last Update | Successes | Failures | Last Update Status | Last Update Status (str)";
