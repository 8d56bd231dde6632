/**
 * The request that is asked about, as the service is told of it, and what makes two of them the same.
 */
import { hash } from "node:crypto";
import { headersOf, textOf } from "../argument_values.ts";
import type { PolicyMessage } from "../policy.ts";

/** The request. */
export interface Original {
  readonly method: string;
  readonly uri: string;
  readonly ip: string;
  readonly host: string;
  /** The headers that the service gets. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * The request that a message is about.
 *
 * @param message its message
 * @param wanted the names of the headers that the service gets, in small letters
 */
export function originalOf({ args }: PolicyMessage, wanted: ReadonlySet<string>): Original {
  const headers = headersOf(args.headers);
  return {
    method: textOf(args.method) ?? "",
    uri: textOf(args.path) ?? "",
    ip: textOf(args.ip) ?? "",
    host: headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "",
    headers: headers.filter(([name]) => wanted.has(name.toLowerCase())),
  };
}

/**
 * What the service is told. A header whose value HTTP does not allow (a line break that HAProxy let through) is left out.
 *
 * @param original the request
 * @returns the headers; `undefined` when HTTP cannot carry the method, the path or the host: a service that is not told of
 *   them would decide on something else than what is asked for
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toldHeaders } from "./original.ts";
 * const original = { method: "GET", uri: "/a?b", host: "shop", ip: "192.0.2.1", headers: [["x-forwarded-uri", "/"]] } as const;
 * assert.equal(toldHeaders(original)?.get("x-forwarded-uri"), "/a?b");
 * assert.equal(toldHeaders({ ...original, uri: "/\u00e4" }), undefined);
 * ```
 */
export function toldHeaders({ method, uri, host, ip, headers }: Original): Headers | undefined {
  const told = new Headers();
  for (const [name, value] of headers) {
    try {
      if (value !== "") told.append(name, value);
    } catch {
      // Not a header that HTTP can carry.
    }
  }
  // Set and not added: what a visitor says of these is nothing to go by.
  for (const [name, value] of [["method", method], ["uri", uri], ["host", host]] as const) {
    if (!/^[!-~]*$/.test(value)) return undefined;
    told.delete(`x-forwarded-${name}`);
    if (value !== "") told.set(`x-forwarded-${name}`, value);
  }
  if (ip === "") told.delete("x-forwarded-for");
  else told.append("x-forwarded-for", ip);
  return told;
}

/** What of a request may be part of the cache's key. */
export type CachePart = "headers" | "method" | "uri" | "ip";

/** For each part its value. */
export const CACHE_PARTS: Readonly<Record<CachePart, (original: Original) => unknown>> = {
  // The host is a header too, whoever is asked: an answer for one site must not open another.
  headers: (original) => [original.host, original.headers],
  method: (original) => original.method,
  uri: (original) => original.uri,
  ip: (original) => original.ip,
};

/** What requests that are the same have in common. */
export function cacheKey(original: Original, parts: readonly CachePart[]): string {
  return hash("sha256", JSON.stringify(parts.map((part) => CACHE_PARTS[part](original))), "base64");
}
