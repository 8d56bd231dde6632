/**
 * The envelope of HAPPI's routes: `{"code", "data", "status"}`, with the true code inside and HTTP 200 outside, as HAPPI's
 * users know it. Only an unknown path (404) and a HAProxy that does not answer (503) show in the HTTP status too, the
 * latter so that health checkers see it.
 */
/** Names of the codes, as HAPPI has them. */
const STATUS_NAMES = {
  200: "SUCCESS",
  400: "WRONG_REQUEST",
  404: "NOT_FOUND",
  501: "NOT_IMPLEMENTED",
  503: "ERROR",
} as const;

/** A code that HAPPI has a name for. */
export type HappiCode = keyof typeof STATUS_NAMES;

/** HAPPI's code for each status of the plain API. */
const CODES: Readonly<Record<number, HappiCode>> = { 400: 400, 404: 404, 501: 501 };

/**
 * HAPPI's code for an error.
 *
 * @param status the status that the plain API gives it
 * @returns the code; 503 for all that HAPPI has no word for
 */
export function happiCode(status: number): HappiCode {
  return CODES[status] ?? 503;
}

/**
 * Writes an envelope, its keys sorted as HAPPI's were.
 *
 * @param code HAPPI's code
 * @param data what goes with it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { happiEnvelope } from "./happi_envelope.ts";
 *
 * assert.equal(happiEnvelope(404, []), '{"code":404,"data":[],"status":"NOT_FOUND"}\n');
 * ```
 */
export function happiEnvelope(code: HappiCode, data: unknown): string {
  return happiEnvelopeText(code, JSON.stringify(data));
}

/**
 * Writes an envelope around data that is JSON text already.
 *
 * @param code HAPPI's code
 * @param data JSON text
 */
export function happiEnvelopeText(code: HappiCode, data: string): string {
  return `{"code":${code},"data":${data},"status":"${STATUS_NAMES[code]}"}\n`;
}
