/**
 * The options that say where the keys of a `jwt` policy come from: exactly one place.
 */
import { reason } from "../../../errors.ts";
import { integer, oneOf, type OptionChecks, text } from "../option_checks.ts";
import { InvalidPolicy } from "../policy.ts";
import type { Outside } from "../sources/outside.ts";
import { withoutSecrets } from "../sources/source.ts";
import { readTextFile } from "../text_file.ts";
import { JwksUrl } from "./jwks_url.ts";
import { type KeySource, LoadedKeys } from "./key_source.ts";
import { keyFromSecret, keysFromJwks, keysFromPem, UnusableKeys, type VerificationKey } from "./keys.ts";

/** Where the keys come from: one of the first five. */
export interface JwtKeyOptions {
  /** A JWKS URL, `https:` or, on this machine's loopback, `http:`. Secret (`oct`) keys in it are not used. */
  readonly jwksUrl?: string;
  /** A JWKS file. */
  readonly jwksFile?: string;
  /** A PEM file with public keys or certificates. */
  readonly keyFile?: string;
  /** A file with a shared secret for HS256 and its like, of 32 bytes or more; white space around it does not count. */
  readonly secretFile?: string;
  /** The shared secret itself. */
  readonly secret?: string;
  /** How the secret is written: `utf8` if not said. */
  readonly secretEncoding?: "utf8" | "base64" | "base64url" | "hex";
  /** How often a token with an unknown key may have the JWKS URL asked: every 30 seconds if not said. */
  readonly unknownKeySeconds?: number;
  /** How long an answer without `Cache-Control` is good: 300 seconds if not said. */
  readonly refreshSeconds?: number;
  /** How long the JWKS URL may take: 2000 ms if not said. */
  readonly fetchTimeoutMs?: number;
}

/** The places, in the order of the documentation. */
const PLACES = ["jwksUrl", "jwksFile", "keyFile", "secretFile", "secret"] as const;
const ENCODINGS = ["utf8", "base64", "base64url", "hex"] as const;

/** Checks for these options. */
export const JWT_KEY_OPTION_CHECKS: OptionChecks<JwtKeyOptions> = {
  jwksUrl: text(),
  jwksFile: text(),
  keyFile: text(),
  secretFile: text(),
  secret: text(),
  secretEncoding: oneOf(ENCODINGS),
  unknownKeySeconds: integer(1, 86_400),
  refreshSeconds: integer(1, 86_400),
  fetchTimeoutMs: integer(10, 60_000),
};

/**
 * The keys that the options name, not read yet.
 *
 * @param policy the policy's name, for the message
 * @param options checked by {@linkcode JWT_KEY_OPTION_CHECKS}
 * @param outside reads files, asks URLs
 * @throws {InvalidPolicy} when they name no place or several
 */
export function openKeys(policy: string, options: JwtKeyOptions, outside: Outside): KeySource {
  const places = PLACES.filter((place) => options[place] !== undefined);
  const [place, other] = places;
  const known = PLACES.map((one) => `"${one}"`).join(", ");
  if (place === undefined) throw new InvalidPolicy(policy, `it has no keys; give one of ${known}`);
  if (other !== undefined) throw new InvalidPolicy(policy, `options "${place}" and "${other}" exclude each other`);
  const value = options[place] ?? "";
  if (place === "jwksUrl") return urlKeys(policy, value, options, outside);
  return new LoadedKeys(LOADERS[place](value, options, outside));
}

function urlKeys(policy: string, url: string, options: JwtKeyOptions, outside: Outside): KeySource {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLocal = parsed?.protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed.hostname);
  if (parsed?.protocol !== "https:" && !isLocal) {
    // Whoever can change the answer on its way can sign tokens.
    throw new InvalidPolicy(
      policy,
      `option "jwksUrl" is "${withoutSecrets(url)}" and must begin with https:// (or be on loopback)`,
    );
  }
  return new JwksUrl({
    url,
    leastIntervalMs: (options.unknownKeySeconds ?? 30) * 1000,
    refreshMs: (options.refreshSeconds ?? 300) * 1000,
    timeoutMs: options.fetchTimeoutMs ?? 2000,
    outside,
  });
}

/** For each place how its keys are read. */
const LOADERS: Readonly<
  Record<Exclude<typeof PLACES[number], "jwksUrl">, (value: string, options: JwtKeyOptions, outside: Outside) => Loader>
> = {
  jwksFile: (path, _options, outside) => async () => await keysFromJwks(await readText(path, outside), path, true),
  keyFile: (path, _options, outside) => async () => await keysFromPem(await readText(path, outside), path),
  secretFile: (path, options, outside) => async () => {
    return [keyFromSecret(secretBytes((await readText(path, outside)).trim(), path, options), path)];
  },
  secret: (secret, options) => () => {
    const where = "option secret";
    return Promise.resolve([keyFromSecret(secretBytes(secret, where, options), where)]);
  },
};

type Loader = () => Promise<readonly VerificationKey[]>;

async function readText(path: string, outside: Outside): Promise<string> {
  try {
    return await readTextFile(path, outside);
  } catch (thrown) {
    throw new UnusableKeys(path, reason(thrown), thrown);
  }
}

function secretBytes(written: string, where: string, { secretEncoding = "utf8" }: JwtKeyOptions): Uint8Array {
  try {
    if (secretEncoding === "utf8") return new TextEncoder().encode(written);
    if (secretEncoding === "hex") return Uint8Array.fromHex(written);
    return Uint8Array.fromBase64(written, { alphabet: secretEncoding });
  } catch (thrown) {
    throw new UnusableKeys(where, `the secret is not written in ${secretEncoding}`, thrown);
  }
}
