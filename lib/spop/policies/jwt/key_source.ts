/**
 * Where keys come from and how they are kept: from files and secrets that are read again on reload, or from a JWKS URL
 * that is asked again by itself (`jwks_url.ts`).
 */
import type { VerificationKey } from "./keys.ts";

/** Keys, kept fresh. */
export interface KeySource {
  /** The keys that are good now. */
  readonly keys: readonly VerificationKey[];
  /** Grows whenever the keys change, so that what was verified with others is forgotten. */
  readonly generation: number;
  /**
   * Called for each token, must cost nothing: starts to ask again, in the background, where it is time for that.
   *
   * @param now in milliseconds since 1970
   */
  touch(now: number): void;
  /**
   * A token names a key that is not there: asks again, if that was not done a moment ago.
   *
   * @param now in milliseconds since 1970
   * @returns whether the keys may be others now
   */
  lookAgain(now: number): Promise<boolean>;
  /** Reads everything again. What there is stays when the new is no good, and the reason is thrown. */
  reload(signal?: AbortSignal): Promise<void>;
  stats(): Record<string, number>;
  /** Ends what is under way. */
  close(): void;
}

/** Keys that change on reload only. */
export class LoadedKeys implements KeySource {
  readonly #load: () => Promise<readonly VerificationKey[]>;
  keys: readonly VerificationKey[] = [];
  generation = 0;

  /** @param load reads them; call `reload` once before use */
  constructor(load: () => Promise<readonly VerificationKey[]>) {
    this.#load = load;
  }

  touch(): void {}

  lookAgain(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async reload(): Promise<void> {
    this.keys = await this.#load();
    this.generation++;
  }

  stats(): Record<string, number> {
    return { keys: this.keys.length };
  }

  close(): void {}
}

/**
 * The keys that a token may be signed with: those of its `kid`, and those that have none.
 *
 * @param keys all keys
 * @param kid of the token's header; without one every key is tried
 * @param algorithm of the token's header
 */
export function candidates(
  keys: readonly VerificationKey[],
  kid: string | undefined,
  algorithm: string,
): VerificationKey[] {
  return keys.filter((key) =>
    key.algorithms.includes(algorithm) && (kid === undefined || key.kid === undefined || key.kid === kid)
  ).slice(0, MOST_TRIED);
}

/** A token without `kid` must not cost a verification with each of hundreds of keys. */
const MOST_TRIED = 8;
