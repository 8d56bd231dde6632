/**
 * How senders of webhooks write their signatures.
 */
import { timingSafeEqual } from "node:crypto";

/** The ways of writing. */
export type SignatureScheme = "github" | "stripe" | "hex" | "base64";

/** For each way the header, the signed parts and what stands between them, where options do not say otherwise. */
export const SCHEMES: Readonly<
  Record<SignatureScheme, { readonly header: string; readonly parts: readonly string[]; readonly separator: string }>
> = {
  github: { header: "x-hub-signature-256", parts: ["body"], separator: "\n" },
  stripe: { header: "stripe-signature", parts: ["timestamp", "body"], separator: "." },
  hex: { header: "x-signature", parts: ["body"], separator: "\n" },
  base64: { header: "x-signature", parts: ["body"], separator: "\n" },
};

/** What a header says. */
export interface FoundSignature {
  /** Any of these may be the right one: `stripe` sends several while a secret is changed. */
  readonly signatures: readonly Uint8Array[];
  /** The time of signing, as it was written. */
  readonly timestamp?: string;
}

/**
 * Reads the header.
 *
 * @param scheme how it is written
 * @param header its value
 * @param algorithm the hash that `github` names before the signature
 * @returns what it says, or `undefined` when it is not written so
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSignature } from "./scheme.ts";
 * assert.equal(parseSignature("stripe", "t=1492774577,v1=5257,v0=6ffb", "sha256")?.timestamp, "1492774577");
 * assert.equal(parseSignature("github", "sha1=00ff", "sha256"), undefined);
 * ```
 */
export function parseSignature(scheme: SignatureScheme, header: string, algorithm: string): FoundSignature | undefined {
  if (header.length > MOST_HEADER) return undefined;
  const written = header.trim();
  if (scheme === "stripe") return parseStripe(written);
  const prefix = `${algorithm}=`;
  if (scheme === "github" && !written.startsWith(prefix)) return undefined;
  const text = scheme === "github" ? written.slice(prefix.length) : written;
  const bytes = scheme === "base64" ? fromBase64(text) : fromHex(text);
  return bytes === undefined ? undefined : { signatures: [bytes] };
}

/**
 * Whether one of the signatures is the digest. How long it takes tells nothing of where they differ.
 *
 * @param signatures what the request says
 * @param digest what it must be
 */
export function isSignedBy(signatures: readonly Uint8Array[], digest: Uint8Array): boolean {
  let isSigned = false;
  for (const one of signatures) {
    if (one.length === digest.length && timingSafeEqual(one, digest)) isSigned = true;
  }
  return isSigned;
}

const MOST_HEADER = 4096;
const MOST_SIGNATURES = 8;

function parseStripe(header: string): FoundSignature | undefined {
  const fields = header.split(",").map((field) => /^\s*(\w+)=(\S*)\s*$/.exec(field));
  const timestamps = fields.filter((field) => field?.[1] === "t").map((field) => field?.[2] ?? "");
  const signatures = fields.filter((field) => field?.[1] === "v1").flatMap((field) => fromHex(field?.[2] ?? "") ?? []);
  const [timestamp] = timestamps;
  if (timestamp === undefined || timestamps.length > 1) return undefined;
  if (signatures.length === 0 || signatures.length > MOST_SIGNATURES) return undefined;
  return { signatures, timestamp };
}

function fromHex(text: string): Uint8Array | undefined {
  return text !== "" && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text) ? Uint8Array.fromHex(text) : undefined;
}

function fromBase64(text: string): Uint8Array | undefined {
  if (text === "") return undefined;
  try {
    return Uint8Array.fromBase64(text, { alphabet: /[-_]/.test(text) ? "base64url" : "base64" });
  } catch {
    return undefined;
  }
}
