/**
 * Caches: what they hold (management guide, 9.3 "show cache").
 */
import { DangerousCommand } from "../errors.ts";
import { type Cache, parseCaches } from "../formats/cache.ts";
import { compareBranch } from "../formats/version.ts";
import type { Rows } from "../method.ts";
import { flag, settings } from "../parameter.ts";

/** Methods that read about caches. */
export interface CacheMethods {
  /**
   * Reads what every cache holds.
   *
   * @param options whether it is done where HAProxy may die of it
   * @throws {DangerousCommand} on HAProxy 3.0 to 3.2: with two or more `cache` sections the worker dies of it, and nothing
   *   that can be asked at run time tells how many there are. Force it when the configuration has one.
   */
  getCache(options?: GetCacheOptions): Promise<Cache[]>;
}

/** Settings of {@linkcode CacheMethods.getCache}. */
export interface GetCacheOptions {
  /** Does it even where it can take HAProxy down: the configuration has one `cache` section at most. */
  readonly force?: boolean;
}

/** The rows of {@linkcode CacheMethods}. */
export const cacheMethods: Rows<CacheMethods> = {
  getCache: {
    kind: "run",
    summary: "What every cache holds",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [
      settings<GetCacheOptions>({ force: flag("force", "the configuration has one cache section at most") }),
    ],
    async run(caller, options) {
      if (!options?.force) {
        const { branch, text } = await caller.version();
        if (compareBranch(branch, "3.0") >= 0 && compareBranch(branch, "3.2") <= 0) {
          throw new DangerousCommand("show cache", `HAProxy ${text} dies of it when it has two or more cache sections`);
        }
      }
      return parseCaches(await caller.read("show cache"));
    },
  },
};
