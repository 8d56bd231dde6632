/**
 * The signature algorithms of JSON Web Tokens (RFC 7518 section 3, RFC 8037), each with the one kind of key that it takes.
 *
 * A key decides which algorithms it may be used with, never the token: that makes "alg confusion" (an RSA public key
 * used as HMAC secret) and `none` impossible rather than forbidden.
 */

/** An algorithm in the words of WebCrypto. */
export interface Algorithm {
  /** `kty` of the keys that it takes. */
  readonly keyType: "oct" | "RSA" | "EC" | "OKP";
  /** `crv` of those keys. */
  readonly curve?: string;
  /** The least size of a key in bits: RFC 7518 sections 3.2 and 3.3. */
  readonly leastKeyBits?: number;
  readonly importing: { readonly name: string; readonly hash?: string; readonly namedCurve?: string };
  readonly verifying: { readonly name: string; readonly hash?: string; readonly saltLength?: number };
}

const HASH_BITS = [256, 384, 512] as const;
const CURVES = { 256: "P-256", 384: "P-384", 512: "P-521" } as const;
const RSA_KEY_BITS = 2048;

/** Every algorithm by its name in the header of a token. */
export const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ...HASH_BITS.flatMap((bits) => familyOf(bits)),
  ["EdDSA", { keyType: "OKP", curve: "Ed25519", importing: { name: "Ed25519" }, verifying: { name: "Ed25519" } }],
]);

function familyOf(bits: typeof HASH_BITS[number]): [string, Algorithm][] {
  const hash = `SHA-${bits}`;
  const curve = CURVES[bits];
  return [
    [`HS${bits}`, {
      keyType: "oct",
      leastKeyBits: bits,
      importing: { name: "HMAC", hash },
      verifying: { name: "HMAC" },
    }],
    [`RS${bits}`, {
      keyType: "RSA",
      leastKeyBits: RSA_KEY_BITS,
      importing: { name: "RSASSA-PKCS1-v1_5", hash },
      verifying: { name: "RSASSA-PKCS1-v1_5" },
    }],
    [`PS${bits}`, {
      keyType: "RSA",
      leastKeyBits: RSA_KEY_BITS,
      importing: { name: "RSA-PSS", hash },
      verifying: { name: "RSA-PSS", saltLength: bits / 8 },
    }],
    [`ES${bits}`, {
      keyType: "EC",
      curve,
      importing: { name: "ECDSA", namedCurve: curve },
      verifying: { name: "ECDSA", hash },
    }],
  ];
}

/**
 * The names of the algorithms that a key may be used with.
 *
 * @param keyType `kty`
 * @param curve `crv`, for EC and OKP
 * @param bits the size of the key, for oct and RSA
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { algorithmsFor } from "./algorithms.ts";
 * assert.deepEqual(algorithmsFor("EC", "P-256", 0), ["ES256"]);
 * assert.deepEqual(algorithmsFor("oct", undefined, 256), ["HS256"]);
 * assert.deepEqual(algorithmsFor("RSA", undefined, 1024), []);
 * ```
 */
export function algorithmsFor(keyType: string, curve: string | undefined, bits: number): string[] {
  return [...ALGORITHMS].filter(([, one]) =>
    one.keyType === keyType && one.curve === (one.curve === undefined ? undefined : curve) &&
    bits >= (one.leastKeyBits ?? 0)
  ).map(([name]) => name);
}
