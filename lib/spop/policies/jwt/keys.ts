/**
 * Keys that verify tokens, from JWKS (RFC 7517), PEM or a secret. Only public parts are kept, and each key knows the
 * algorithms that it may be used with.
 */
import { createPublicKey, X509Certificate } from "node:crypto";
import { HappiError, reason } from "../../../errors.ts";
import { ALGORITHMS, algorithmsFor } from "./algorithms.ts";

/** No key can be had from a file, a URL or a secret. */
export class UnusableKeys extends HappiError {
  /**
   * @param where the file or URL
   * @param why what is wrong with it
   * @param cause the error underneath
   */
  constructor(where: string, why: string, cause?: unknown) {
    super("unusable_keys", `Cannot use the keys of "${where}": ${why}`, cause === undefined ? undefined : { cause });
  }
}

/** A key that verifies signatures. */
export class VerificationKey {
  /** Its name in JWKS; a key without one is tried for every token. */
  readonly kid: string | undefined;
  /** The algorithms that it may be used with. */
  readonly algorithms: readonly string[];
  readonly #jwk: JsonWebKey;
  /** WebCrypto binds an RSA or HMAC key to one hash, so there is a key for each algorithm. */
  readonly #imported = new Map<string, Promise<CryptoKey>>();

  /** Use the functions of this file. */
  constructor(kid: string | undefined, algorithms: readonly string[], jwk: JsonWebKey) {
    this.kid = kid;
    this.algorithms = algorithms;
    this.#jwk = jwk;
  }

  /**
   * Whether the signature is this key's over the bytes.
   *
   * @param algorithm one of its algorithms; with any other the answer is no
   */
  async verify(
    algorithm: string,
    signature: Uint8Array<ArrayBuffer>,
    signed: Uint8Array<ArrayBuffer>,
  ): Promise<boolean> {
    const known = ALGORITHMS.get(algorithm);
    if (known === undefined || !this.algorithms.includes(algorithm)) return false;
    return await crypto.subtle.verify(known.verifying, await this.#import(algorithm), signature, signed);
  }

  /** Has WebCrypto use the key, and so proves that it is one: some faults show only then. */
  async prove(): Promise<void> {
    for (const algorithm of this.algorithms.slice(0, 1)) {
      await this.verify(algorithm, new Uint8Array(64), new Uint8Array(1));
    }
  }

  #import(algorithm: string): Promise<CryptoKey> {
    const known = ALGORITHMS.get(algorithm);
    const imported = this.#imported.get(algorithm) ??
      crypto.subtle.importKey("jwk", this.#jwk, known?.importing ?? { name: algorithm }, false, ["verify"]);
    this.#imported.set(algorithm, imported);
    return imported;
  }
}

/** How many keys a JWKS may have. */
const MOST_KEYS = 256;

/**
 * The keys of a JWKS document that can verify signatures. Keys for encryption and of unknown kinds are left out.
 *
 * @param text the document
 * @param where the file or URL, for the message
 * @param mayBeSecret whether `oct` keys are taken: not from a URL, where everybody can read them
 * @throws {UnusableKeys} when it is no JWKS, or none of its keys can be used
 */
export async function keysFromJwks(text: string, where: string, mayBeSecret: boolean): Promise<VerificationKey[]> {
  const listed = listedKeys(text, where);
  if (listed.length > MOST_KEYS) {
    throw new UnusableKeys(where, `it has ${listed.length} keys and may have ${MOST_KEYS}`);
  }
  const keys: VerificationKey[] = [];
  let fault: unknown;
  for (const jwk of listed) {
    try {
      const key = isRecord(jwk) ? keyFromJwk(jwk, mayBeSecret) : undefined;
      await key?.prove();
      if (key !== undefined) keys.push(key);
    } catch (thrown) {
      fault = thrown;
    }
  }
  if (keys.length > 0) return keys;
  const why = fault === undefined ? "none of them can verify a signature" : reason(fault);
  throw new UnusableKeys(where, why, fault);
}

/**
 * The public keys of a PEM file: `PUBLIC KEY`, `RSA PUBLIC KEY` and `CERTIFICATE` blocks.
 *
 * @param text the file's content
 * @param where the file, for the message
 * @throws {UnusableKeys} when there is none, or a block is no key that can be used
 */
export async function keysFromPem(text: string, where: string): Promise<VerificationKey[]> {
  const blocks = text.match(/-----BEGIN ((?:RSA )?PUBLIC KEY|CERTIFICATE)-----[^-]+-----END \1-----/g) ?? [];
  if (blocks.length === 0) throw new UnusableKeys(where, "it has no PUBLIC KEY and no CERTIFICATE block");
  return await Promise.all(blocks.map(async (block) => {
    try {
      const key = block.includes("CERTIFICATE") ? new X509Certificate(block).publicKey : createPublicKey(block);
      const found = keyFromJwk({ ...key.export({ format: "jwk" }) }, false);
      if (found === undefined) throw new UnusableKeys(where, "a key is of a kind that no token is signed with");
      await found.prove();
      return found;
    } catch (thrown) {
      throw thrown instanceof UnusableKeys ? thrown : new UnusableKeys(where, reason(thrown), thrown);
    }
  }));
}

/**
 * The key that a shared secret is.
 *
 * @param secret its bytes
 * @param where the file or option, for the message
 * @throws {UnusableKeys} when it is shorter than HS256 needs
 */
export function keyFromSecret(secret: Uint8Array, where: string): VerificationKey {
  const algorithms = algorithmsFor("oct", undefined, secret.length * 8);
  if (algorithms.length === 0) {
    throw new UnusableKeys(where, `the secret has ${secret.length} bytes and HS256 needs 32 or more`);
  }
  return new VerificationKey(undefined, algorithms, { kty: "oct", k: toBase64Url(secret) });
}

/** The members of each kind of key that verification needs; private ones are not among them. */
const PUBLIC_MEMBERS = { oct: ["k"], RSA: ["n", "e"], EC: ["crv", "x", "y"], OKP: ["crv", "x"] } as const;

/** The key that an entry of a JWKS is; `undefined` when it is for something else. */
function keyFromJwk(jwk: Readonly<Record<string, unknown>>, mayBeSecret: boolean): VerificationKey | undefined {
  const { kty, use, alg, kid, key_ops: operations } = jwk;
  if (kty !== "oct" && kty !== "RSA" && kty !== "EC" && kty !== "OKP") return undefined;
  if (kty === "oct" && !mayBeSecret) return undefined;
  if (use !== undefined && use !== "sig") return undefined;
  if (Array.isArray(operations) && !operations.includes("verify")) return undefined;
  const members = PUBLIC_MEMBERS[kty].map((member) => [member, jwk[member]] as const);
  if (members.some(([, value]) => typeof value !== "string")) return undefined;
  const possible = algorithmsFor(
    kty,
    typeof jwk.crv === "string" ? jwk.crv : undefined,
    bitsOf(kty === "oct" ? jwk.k : jwk.n),
  );
  const algorithms = alg === undefined ? possible : possible.filter((one) => one === alg);
  if (algorithms.length === 0) return undefined;
  return new VerificationKey(typeof kid === "string" ? kid : undefined, algorithms, {
    kty,
    ...Object.fromEntries(members),
  });
}

/** The size of a base64url number or secret. A leading zero byte of a number does not count. */
function bitsOf(encoded: unknown): number {
  if (typeof encoded !== "string") return 0;
  const bytes = Uint8Array.fromBase64(encoded, { alphabet: "base64url" });
  return (bytes[0] === 0 ? bytes.length - 1 : bytes.length) * 8;
}

function listedKeys(text: string, where: string): unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (thrown) {
    throw new UnusableKeys(where, "it is no JSON", thrown);
  }
  if (isRecord(document) && Array.isArray(document.keys)) return document.keys;
  // A single key, as some tools write it.
  if (isRecord(document) && typeof document.kty === "string") return [document];
  throw new UnusableKeys(where, 'it has no list "keys"');
}

function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
