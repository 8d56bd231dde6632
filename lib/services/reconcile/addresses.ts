/**
 * Addresses of units: `add server` and `set server ... addr` take addresses alone (management guide, 9.3). HAProxy 2.6 to
 * 3.4 accept a name in `add server` and then never resolve it, so happi looks names up itself.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { reason } from "../../errors.ts";
import { type Pause, pause as realPause } from "./pause.ts";

/** Looks a name up; gives its addresses, or throws why there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** Looks a name up as HAProxy does when it starts: with the system's resolver, its hosts file and search list. */
export const systemResolve: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
};

/** The addresses of names, and why some have none. */
export interface Addresses {
  /** For each name that is no address its addresses in a fixed order, IPv4 before IPv6. */
  readonly found: ReadonlyMap<string, readonly string[]>;
  readonly failed: ReadonlyMap<string, string>;
}

/**
 * Looks all names up, a few at a time. A name server that hangs must not hold up all services: a name gets two seconds, and
 * what has not been begun after five waits for the next time.
 *
 * @param hostnames names and addresses, doubles too
 * @param resolve looks one up
 * @param signal ends it
 * @param pause waits
 */
export async function lookUpAll(
  hostnames: Iterable<string>,
  resolve: Resolve,
  signal: AbortSignal = NEVER,
  pause: Pause = realPause,
): Promise<Addresses> {
  const names = [...new Set(hostnames)].filter((name) => isIP(name) === 0);
  const found = new Map<string, readonly string[]>();
  const failed = new Map<string, string>();
  const done = new AbortController();
  const ending = AbortSignal.any([signal, done.signal]);
  let isLate = false;
  void pause(ALL_MS, ending).then(() => isLate = true);
  const lookUpNext = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      signal.throwIfAborted();
      try {
        if (isLate) throw new Error("others take too long");
        const addresses = (await inTime(resolve(name), pause, ending)).filter((address) => isIP(address) > 0);
        if (addresses.length === 0) failed.set(name, "it has no address");
        else found.set(name, [...new Set(addresses.map(canonicalAddress))].sort(inFixedOrder));
      } catch (thrown) {
        failed.set(name, reason(thrown));
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lookUpNext));
  } finally {
    done.abort();
  }
  return { found, failed };
}

/**
 * An IP address in one spelling, to compare it with HAProxy's.
 *
 * @param address an IPv4 or IPv6 address; anything else comes back as it is
 */
export function canonicalAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return `::ffff:${mapped[1]}`;
  return new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1);
}

function inFixedOrder(a: string, b: string): number {
  return isIP(a) - isIP(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** The answer, if it comes in time: the system's resolver itself cannot be ended. */
async function inTime<T>(answer: Promise<T>, pause: Pause, signal: AbortSignal): Promise<T> {
  const answered = new AbortController();
  const late = pause(ONE_MS, AbortSignal.any([signal, answered.signal])).then((): never => {
    throw new Error(signal.aborted ? "it was ended" : `no answer within ${ONE_MS} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
    await late.catch(() => {});
  }
}

const AT_ONCE = 16;
const ONE_MS = 2_000;
const ALL_MS = 5_000;
const NEVER = new AbortController().signal;
