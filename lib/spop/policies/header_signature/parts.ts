/**
 * The parts of a request that are signed: which arguments they need, and their bytes.
 */
import { bytesOf, headersOf, textOf } from "../argument_values.ts";
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

/**
 * Why the body may not be all of it. HAProxy sends what its buffer holds, and who pads the headers decides how much that is:
 * behind a signed body there could be more, which nobody has signed and the server would get.
 *
 * @param args of the message; of a chunked request HAProxy itself does not know how much is to come, so a body must have a
 *   `Content-Length`
 * @returns `undefined` when it is whole
 */
export function bodyFault(args: PolicyMessage["args"]): "body_truncated" | "no_length" | undefined {
  const there = bytesOf(args.body)?.length ?? 0;
  const announced = textOf(args.length) ?? "";
  const size = args.body_size;
  if (typeof size === "number" && size > there) return "body_truncated";
  if (announced === "") return there > 0 ? "no_length" : undefined;
  return announced === String(there) ? undefined : "body_truncated";
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
    { name: "length", types: ["string"], fetch: "req.hdr(content-length)" },
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
