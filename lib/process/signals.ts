/**
 * Signals by name and number, as Linux counts them.
 */
import { InvalidSignal } from "./errors.ts";

const NAMES =
  ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU " +
    "XFSZ VTALRM PROF WINCH IO PWR SYS").split(" ");

/** The number of SIGTERM: please end. */
export const SIGTERM = 15;

/** The number of SIGKILL: end. */
export const SIGKILL = 9;

/** The number of SIGCONT: go on. */
export const SIGCONT = 18;

/**
 * Reads a signal.
 *
 * @param given a number from 1 to 31 (the runtime sends no real-time signals), or a name in any case, with or without `SIG`
 * @returns its number
 * @throws {InvalidSignal} when it is neither
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSignal } from "./signals.ts";
 * assert.equal(parseSignal("SIGUSR1"), 10);
 * assert.equal(parseSignal("term"), 15);
 * assert.equal(parseSignal(9), 9);
 * ```
 */
export function parseSignal(given: string | number): number {
  const text = String(given);
  if (/^\d{1,2}$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= NAMES.length) return number;
  }
  const at = NAMES.indexOf(text.toUpperCase().replace(/^SIG/, ""));
  if (at < 0) throw new InvalidSignal(text);
  return at + 1;
}

/**
 * The name of a signal.
 *
 * @returns `SIGTERM`; the number as text where it has none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signalName } from "./signals.ts";
 * assert.equal(signalName(9), "SIGKILL");
 * ```
 */
export function signalName(number: number): string {
  const name = NAMES[number - 1];
  return name === undefined ? String(number) : `SIG${name}`;
}
