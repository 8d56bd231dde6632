/**
 * The certificates that HAProxy renews by ACME, and when (management guide, "acme status", 3.2 and later).
 *
 * @module
 */

import { type HeaderTable, parseHeaderTable } from "./header_table.ts";

/** The state of one certificate. Dates are as HAProxy prints them, ISO 8601 in UTC; one that is not there is absent. */
export interface AcmeStatus {
  /** The certificate file. */
  certificate: string;
  /** The `acme` section that says how it is renewed. */
  section: string;
  /** Such as `Running`, `Scheduled` or `Stopped`. */
  state: string;
  /** When the certificate expires. */
  expiration_date?: string;
  /** Time until then, in HAProxy's words (`29d 23h59m59s`). */
  expires_in?: string;
  /** When it is renewed next. */
  scheduled_date?: string;
  /** Time until then, in HAProxy's words. */
  scheduled_in?: string;
}

/**
 * Reads the answer to `acme status`.
 *
 * @param answer the whole answer
 * @returns one entry a certificate
 * @throws {UnexpectedAnswer} when the header or a row has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAcmeStatus } from "./acme.ts";
 *
 * const header =
 *   "# certificate\tsection\tstate\texpiration date (UTC)\texpires in\tscheduled date (UTC)\tscheduled in\n";
 * assert.deepEqual(parseAcmeStatus(header + "site.pem\tLE\tRunning\t2026-12-01T00:00:00Z\t9d 0h00m00s\t-\t-\n"), [{
 *   certificate: "site.pem",
 *   section: "LE",
 *   state: "Running",
 *   expiration_date: "2026-12-01T00:00:00Z",
 *   expires_in: "9d 0h00m00s",
 * }]);
 * ```
 */
export function parseAcmeStatus(answer: string): AcmeStatus[] {
  return parseHeaderTable(TABLE, answer).map((cell) => ({
    certificate: cell("certificate"),
    section: cell("section"),
    state: cell("state"),
    ...Object.fromEntries(
      OPTIONAL.map(([title, field]) => [field, cell(title)] as const).filter(([, text]) => text !== "-" && text !== ""),
    ),
  }));
}

const OPTIONAL = [
  ["expiration date (UTC)", "expiration_date"],
  ["expires in", "expires_in"],
  ["scheduled date (UTC)", "scheduled_date"],
  ["scheduled in", "scheduled_in"],
] as const;

const TABLE: HeaderTable = {
  command: "acme status",
  prefix: "# ",
  separator: "\t",
  titles: ["certificate", "section", "state", ...OPTIONAL.map(([title]) => title)],
};
