/**
 * Which server name is answered with which certificate, and until when it is valid (management guide, "show ssl sni", 3.2 and later).
 *
 * @module
 */

import { parseCertificateDate } from "./certificate_date.ts";
import { UnexpectedAnswer } from "./errors.ts";
import { type HeaderTable, parseHeaderTable } from "./header_table.ts";

/** One server name on one bind line. */
export interface SniEntry {
  /** The frontend. */
  frontend: string;
  /** Its bind line: a name, or the place in the configuration. */
  bind: string;
  /** The server name; `*` for the default certificate, `*.example.test` for a wildcard. */
  sni: string;
  /** Names that a wildcard does not stand for, each with its `!`. */
  negative_filters: string[];
  /** Kind of key: `rsa`, `ecdsa` or `dsa`. */
  type: string;
  /** The certificate file. */
  filename: string;
  /** End of validity, ISO 8601 in UTC. */
  not_after: string;
  /** End of validity as HAProxy printed it. */
  not_after_text: string;
  /** Start of validity, ISO 8601 in UTC. */
  not_before: string;
  /** Start of validity as HAProxy printed it. */
  not_before_text: string;
}

/**
 * Reads the answer to `show ssl sni`, with or without `-f <frontend>` and `-A`.
 *
 * @param answer the whole answer
 * @returns one entry a row
 * @throws {UnexpectedAnswer} when the header or a row has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSni } from "./ssl_sni.ts";
 *
 * const [entry] = parseSni(
 *   "# Frontend/Bind\tSNI\tNegative Filter\tType\tFilename\tNotAfter\tNotBefore\n" +
 *     "web//etc/haproxy.cfg:84\t*.example.test\t!a.example.test \trsa\tsite.pem\tFeb 23 00:10:25 2029 GMT\tNov 21 00:10:25 2026 GMT\n",
 * );
 * assert.equal(entry?.frontend, "web");
 * assert.equal(entry?.bind, "/etc/haproxy.cfg:84");
 * assert.deepEqual(entry?.negative_filters, ["!a.example.test"]);
 * assert.equal(entry?.not_after, "2029-02-23T00:10:25Z");
 * ```
 */
export function parseSni(answer: string): SniEntry[] {
  return parseHeaderTable(TABLE, answer).map((cell) => {
    const place = cell("Frontend/Bind");
    const slash = place.indexOf("/");
    if (slash < 1) throw new UnexpectedAnswer(TABLE.command, '"<frontend>/<bind>"', answer, place);
    const filters = cell("Negative Filter");
    return {
      frontend: place.slice(0, slash),
      bind: place.slice(slash + 1),
      sni: cell("SNI"),
      negative_filters: filters === "-" ? [] : filters.split(" ").filter((filter) => filter !== ""),
      type: cell("Type"),
      filename: cell("Filename"),
      not_after: date(cell("NotAfter"), answer),
      not_after_text: cell("NotAfter"),
      not_before: date(cell("NotBefore"), answer),
      not_before_text: cell("NotBefore"),
    };
  });
}

const TABLE: HeaderTable = {
  command: "show ssl sni",
  prefix: "# ",
  separator: "\t",
  titles: ["Frontend/Bind", "SNI", "Negative Filter", "Type", "Filename", "NotAfter", "NotBefore"],
};

function date(text: string, answer: string): string {
  const iso = parseCertificateDate(text);
  if (iso === undefined) {
    throw new UnexpectedAnswer(TABLE.command, 'a date such as "Feb 23 00:10:25 2029 GMT"', answer, text);
  }
  return iso;
}
