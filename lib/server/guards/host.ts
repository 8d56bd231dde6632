/**
 * Host allow-list: a page whose DNS name is made to point at this machine sends its own name as Host, and is refused.
 */
import type { MiddlewareHandler } from "hono";
import type { ServerEnv } from "../env.ts";
import { ForeignHost } from "../errors.ts";

/** Names that always mean this machine. */
const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Addresses that mean every interface: a server on one of them has more addresses than it can list. */
const WILDCARDS: readonly string[] = ["0.0.0.0", "[::]"];

/** A Host that is an address and no name: no name was resolved, so none was made to point here. */
const IP_LITERAL = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * Makes the guard. The port of a Host does not matter: it is the caller's own when it comes through a tunnel.
 *
 * @param hosts names beside the loopback's, without ports, IPv6 addresses in brackets;
 *   `0.0.0.0` or `[::]` among them allows every address, though no name
 * @returns a middleware that refuses every other Host with 421
 */
export function host(hosts: readonly string[]): MiddlewareHandler<ServerEnv> {
  const allowed = new Set([...LOOPBACK_HOSTS, ...hosts].map((name) => name.toLowerCase()));
  const isEverywhere = WILDCARDS.some((address) => allowed.has(address));
  return async (c, next) => {
    const given = c.req.header("host") ?? new URL(c.req.url).host;
    const name = withoutPort(given);
    if (!allowed.has(name) && !(isEverywhere && IP_LITERAL.test(name))) throw new ForeignHost(given);
    await next();
  };
}

/** The name in a Host, as the list has it. */
function withoutPort(given: string): string {
  return given.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
}
