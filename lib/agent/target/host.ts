/**
 * The host of a target in one form, so that none is known by two names: `0x7F.1`, `127.1` and `127.0.0.1.` are one.
 */
import { formatIp, type Ip, parseIp } from "./ip.ts";

/** A host: an address, or a name in small letters without a dot at its end. */
export type Host = { readonly ip: Ip; readonly text: string } | { readonly ip: undefined; readonly text: string };

/**
 * Reads a host as the URL standard does, whose rules the C library's resolver shares: addresses in octal, hexadecimal
 * and shortened forms are addresses, letters of other scripts become punycode.
 *
 * @param text a name, an IPv4 or an IPv6 address; brackets are allowed
 * @returns `undefined` when it is none: empty, with a port, a path, a user name, a zone or blanks
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHost } from "./host.ts";
 * assert.equal(parseHost("0x7F.1")?.text, "127.0.0.1");
 * assert.equal(parseHost("[::FFFF:10.0.0.1]")?.text, "::ffff:a00:1");
 * assert.equal(parseHost("Bücher.Example.")?.text, "xn--bcher-kva.example");
 * assert.equal(parseHost("good@evil"), undefined);
 * ```
 */
export function parseHost(text: string): Host | undefined {
  const bare = /^\[([^[\]]*)\]$/.exec(text)?.[1] ?? text;
  if (bare.includes(":")) return hostOf(parseIp(bare));
  if (bare !== text || text.length > MAX_NAME || FORBIDDEN.test(text) || !URL.canParse(`http://${text}/`)) {
    return undefined;
  }
  const name = new URL(`http://${text}/`).hostname.replace(/\.$/, "");
  const ip = parseIp(name);
  if (ip !== undefined) return hostOf(ip);
  return NAME.test(name) ? { ip: undefined, text: name } : undefined;
}

/** Whether a name means this machine, whatever a name server says (RFC 6761). */
export function isLocalhost(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}

const MAX_NAME = 253;
/** What would end the host within a URL, or be decoded there into something else. */
const FORBIDDEN = /[\s/?#@:\\%[\]]/;
const NAME = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

function hostOf(ip: Ip | undefined): Host | undefined {
  return ip && { ip, text: formatIp(ip) };
}
