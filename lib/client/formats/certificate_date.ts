/**
 * The two ways in which HAProxy writes the dates of certificates and of their OCSP responses, as ISO 8601 in UTC: OpenSSL's
 * (management guide, "show ssl cert") and the log's (management guide, "show ssl ocsp-updates").
 *
 * @module
 */

/**
 * Reads a date as OpenSSL prints it: `Feb  7 00:10:25 2035 GMT`.
 *
 * @param text the date
 * @returns the same moment as `2035-02-07T00:10:25Z`, or `undefined` when the text is no such date
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCertificateDate } from "./certificate_date.ts";
 *
 * assert.equal(parseCertificateDate("Feb  7 00:10:25 2035 GMT"), "2035-02-07T00:10:25Z");
 * assert.equal(parseCertificateDate("Feb 30 00:10:25 2035 GMT"), undefined);
 * ```
 */
export function parseCertificateDate(text: string): string | undefined {
  const match = OPENSSL.exec(text);
  if (match === null) return undefined;
  const [, month = "", day = "", time = "", year = ""] = match;
  return isoDate(year, month, day.padStart(2, "0"), time, "+0000");
}

/**
 * Reads a date as HAProxy's logs print it: `30/Jan/2023:00:08:09 +0000`.
 *
 * @param text the date
 * @returns the same moment as `2023-01-30T00:08:09Z`, or `undefined` when the text is no such date
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseLogDate } from "./certificate_date.ts";
 *
 * assert.equal(parseLogDate("30/Jan/2023:02:08:09 +0200"), "2023-01-30T00:08:09Z");
 * assert.equal(parseLogDate("-"), undefined);
 * ```
 */
export function parseLogDate(text: string): string | undefined {
  const match = LOG.exec(text);
  if (match === null) return undefined;
  const [, day = "", month = "", year = "", time = "", zone = ""] = match;
  return isoDate(year, month, day, time, zone);
}

const OPENSSL = /^([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4}) GMT$/;
const LOG = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{4})$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The moment in UTC; `undefined` when there is no such day or time. */
function isoDate(year: string, month: string, paddedDay: string, time: string, zone: string): string | undefined {
  const day = paddedDay.replace(" ", "0");
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, "0");
  const local = `${year}-${number}-${day}T${time}`;
  // Read without its zone first: JavaScript makes 2 March of 30 February, and the text that comes back tells.
  const asUtc = new Date(`${local}Z`);
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString() !== `${local}.000Z`) return undefined;
  const moment = new Date(`${local}${zone.slice(0, 3)}:${zone.slice(3)}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString().replace(".000Z", "Z");
}
