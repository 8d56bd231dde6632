/**
 * A JSON Web Token taken apart (RFC 7515 section 7.1, compact form). Nothing in it is true before the signature is verified.
 */

/** The parts of a token. */
export interface Token {
  /** `alg` of the header. */
  readonly algorithm: string;
  /** `kid` of the header. */
  readonly kid: string | undefined;
  /** Whether the header has `crit`: extensions that must be understood, and none is here. */
  readonly isCritical: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signature: Uint8Array<ArrayBuffer>;
  /** The bytes that the signature is over. */
  readonly signed: Uint8Array<ArrayBuffer>;
}

/**
 * Takes a token apart.
 *
 * @param text the token, without `Bearer`
 * @returns its parts, or `undefined` when it is no token: not three parts, no base64url, no JSON objects
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseToken } from "./token.ts";
 * const token = `${btoa('{"alg":"HS256"}')}.${btoa('{"sub":"eve"}')}.AAAA`.replaceAll("=", "");
 * assert.equal(parseToken(token)?.payload.sub, "eve");
 * assert.equal(parseToken("a.b"), undefined);
 * ```
 */
export function parseToken(text: string): Token | undefined {
  const parts = PARTS.exec(text);
  if (parts === null) return undefined;
  const [, head = "", body = "", tail = ""] = parts;
  const header = parseObject(head);
  const payload = parseObject(body);
  const signature = fromBase64Url(tail);
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const { alg, kid, crit } = header;
  if (typeof alg !== "string" || (kid !== undefined && typeof kid !== "string")) return undefined;
  const signed = new TextEncoder().encode(text.slice(0, head.length + 1 + body.length));
  return { algorithm: alg, kid, isCritical: crit !== undefined, payload, signature, signed };
}

const PARTS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)$/;

function parseObject(encoded: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = fromBase64Url(encoded);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromBase64Url(encoded: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(encoded, { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}
