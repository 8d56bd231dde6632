/**
 * A copy of a request: where it goes and which headers it takes along.
 */

/** A request to be sent again, with nothing of the message in it. */
export interface Copy {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** About how much memory it takes. */
  readonly bytes: number;
}

/** Headers that belong to one connection (RFC 9110 section 7.6.1), and those that the new request gets by itself. */
const NOT_COPIED = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
  "host",
  "content-length",
]);

/**
 * Where a copy goes: the place's own path, then the request's path and query as they are.
 *
 * @param base the place
 * @param path the request's path and query
 * @returns the URL; `undefined` when it would lead elsewhere: a path never decides whom happi connects to
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mirroredUrl } from "./copy.ts";
 * assert.equal(mirroredUrl(new URL("http://shadow:81/x/"), "/a?b=c"), "http://shadow:81/x/a?b=c");
 * assert.equal(mirroredUrl(new URL("http://shadow"), "@evil/"), undefined);
 * ```
 */
export function mirroredUrl(base: URL, path: string): string | undefined {
  // `OPTIONS *` is about the whole server.
  const wanted = path === "*" ? "/" : path;
  if (!wanted.startsWith("/")) return undefined;
  const prefix = base.pathname.replace(/\/$/, "");
  const text = `${base.origin}${prefix}${wanted}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  // `/..` would leave the place's own path.
  return url.origin === base.origin && url.pathname.startsWith(`${prefix}/`) ? url.href : undefined;
}

/**
 * The headers that a copy takes along.
 *
 * @param headers those of the request
 * @param without names, in small letters, that are left out too
 * @param ip the client's address, for `X-Forwarded-For`
 */
export function mirroredHeaders(
  headers: readonly (readonly [name: string, value: string])[],
  without: ReadonlySet<string>,
  ip: string | undefined,
): Headers {
  const named = headers.filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.toLowerCase().split(",").map((one) => one.trim()));
  const result = new Headers();
  const append = (name: string, value: string) => {
    try {
      result.append(name, value);
    } catch {
      // Not a header that HTTP can carry.
    }
  };
  for (const [name, value] of headers) {
    const small = name.toLowerCase();
    if (small === "host" && !without.has(small)) append("x-forwarded-host", value);
    if (!NOT_COPIED.has(small) && !named.includes(small) && !without.has(small)) append(name, value);
  }
  if (ip !== undefined && !without.has("x-forwarded-for")) append("x-forwarded-for", ip);
  return result;
}
