/**
 * Free TCP ports on loopback for a HAProxy that is about to start.
 *
 * They lie below the range from which the kernel takes ports for outgoing connections (32768 and up), so that a port
 * is still free when HAProxy is stopped and started again. HAProxy binds with SO_REUSEPORT and would silently share a
 * port with another HAProxy; therefore no port is given twice within a process.
 *
 * @module
 */

const FIRST = 15_000;
const LAST = 32_000;

const given = new Set<number>();

/** A TCP port of 127.0.0.1 on which nobody listens now. */
export function freePort(): number {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (given.has(port) || !isFree(port)) continue;
    given.add(port);
    return port;
  }
  throw new Error(`Cannot find a free port: none between "${FIRST}" and "${LAST}"`);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AddrInUse) return false;
    throw thrown;
  }
}
