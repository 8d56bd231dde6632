/**
 * The parts of a request that are signed: which arguments they need, and their bytes.
 */
import { bytesOf, headersOf } from "../argument_values.ts";
import type { ArgumentSpec, PolicyMessage } from "../policy.ts";

/** What a part may be, as people write it. */
export const PARTS = '"method", "path", "query", "timestamp", "body", "header:NAME"';

/** Whether it is one of the parts. */
export function isPart(part: unknown): boolean {
  return typeof part === "string" && /^(method|path|query|timestamp|body|header:[\w-]+)$/.test(part);
}

/**
 * The bytes that are signed.
 *
 * @param parts what is signed, in order
 * @param separator what stands between
 * @param args of the message
 * @param timestamp the time of signing, as it was written
 * @returns the pieces, to be taken one after the other
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signedParts } from "./parts.ts";
 * const pieces = signedParts(["timestamp", "body"], ".", { body: "{}" }, "1492774577");
 * assert.equal(pieces.map((piece) => new TextDecoder().decode(piece)).join(""), "1492774577.{}");
 * ```
 */
export function signedParts(
  parts: readonly string[],
  separator: string,
  args: PolicyMessage["args"],
  timestamp: string,
): Uint8Array[] {
  const headers = parts.some((part) => part.startsWith("header:")) ? headersOf(args.headers) : [];
  const text = (value: string) => new TextEncoder().encode(value);
  const bytes = (part: string) => {
    if (part === "timestamp") return text(timestamp);
    if (part.startsWith("header:")) return text(valueOf(headers, part.slice("header:".length)));
    return bytesOf(args[part]) ?? new Uint8Array();
  };
  return parts.flatMap((part, index) => index === 0 ? [bytes(part)] : [text(separator), bytes(part)]);
}

/** Whether HAProxy has sent less of the body than there is. */
export function isTruncated(args: PolicyMessage["args"]): boolean {
  const size = args.body_size;
  return typeof size === "number" && size > (bytesOf(args.body)?.length ?? 0);
}

/** The values of a header, joined as HTTP allows. */
function valueOf(headers: readonly (readonly [string, string])[], wanted: string): string {
  return headers.filter(([name]) => name.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value).join(", ");
}

/** What each part needs of HAProxy. */
const ARGUMENTS: Readonly<Record<string, readonly ArgumentSpec[]>> = {
  method: [{ name: "method", types: ["string"], fetch: "method" }],
  path: [{ name: "path", types: ["string"], fetch: "path" }],
  query: [{ name: "query", types: ["string"], fetch: "query" }],
  body: [
    { name: "body", types: ["binary", "string"], fetch: "req.body" },
    { name: "body_size", types: ["integer"], fetch: "req.body_size", isOptional: true },
  ],
  header: [{ name: "headers", types: ["binary"], fetch: "req.hdrs_bin" }],
};

/**
 * The arguments that a message must have.
 *
 * @param signature the header with the signature
 * @param timestamp the header with the time of signing
 * @param parts what is signed
 */
export function argumentsFor(
  signature: string,
  timestamp: string | undefined,
  parts: readonly string[],
): readonly ArgumentSpec[] {
  const kinds = new Set(parts.map((part) => part.replace(/:.*/, "")));
  const found: ArgumentSpec[] = [{ name: "signature", types: ["string"], fetch: `req.fhdr(${signature})` }];
  if (timestamp !== undefined) found.push({ name: "timestamp", types: ["string"], fetch: `req.hdr(${timestamp})` });
  for (const [kind, args] of Object.entries(ARGUMENTS)) if (kinds.has(kind)) found.push(...args);
  return found;
}
