/**
 * A test on real HAProxy: registered once for each version that this machine has, each with a HAProxy of its own.
 *
 * @module
 */

import { type LaunchOptions, type RunningHaproxy, startHaproxy } from "../../scripts/haproxy/launch.ts";
import { realisticConfig, realisticFiles } from "../../scripts/haproxy/realistic.ts";
import { type AvailableVersions, availableVersions, type HaproxyBuild } from "../../scripts/haproxy/versions.ts";

/** Options for `testEachHaproxy` with something of everything in it; its names are in `scripts/haproxy/realistic.ts`. */
export const REALISTIC = { config: realisticConfig, files: realisticFiles } satisfies LaunchOptions;

/** What to start for a test, and with which versions. */
export interface EachHaproxyOptions extends LaunchOptions {
  /** Only with these versions (default: all), for what others do not have. */
  readonly only?: (build: HaproxyBuild) => boolean;
}

const { present, missing } = await availableVersions();

/**
 * Registers one test for each HAProxy version that is present; its name ends in ` [HAProxy 3.2]`. When none is, it
 * registers one that fails.
 *
 * @param name of the test, as in `Deno.test`
 * @param options what to start: see `startHaproxy`
 * @param test gets its HAProxy, started; it is stopped whatever the test does
 */
export function testEachHaproxy(
  name: string,
  options: EachHaproxyOptions,
  test: (haproxy: RunningHaproxy, t: Deno.TestContext) => void | Promise<void>,
): void {
  for (const one of testsOf(name, options, test, { present, missing })) Deno.test(one);
}

/** The tests that `testEachHaproxy` registers, given what there is. */
export function testsOf(
  name: string,
  options: EachHaproxyOptions,
  test: (haproxy: RunningHaproxy, t: Deno.TestContext) => void | Promise<void>,
  versions: AvailableVersions,
): Deno.TestDefinition[] {
  if (versions.present.length === 0) {
    const reasons = versions.missing.map((one) => `${one.version}: ${one.reason}`).join("; ");
    return [{
      name: `${name} [no HAProxy]`,
      fn: () => Promise.reject(new Error(`Cannot test with HAProxy: no version is present (${reasons})`)),
    }];
  }
  return versions.present.filter(options.only ?? (() => true)).map((build) => ({
    name: `${name} [HAProxy ${build.version}]`,
    async fn(t) {
      await using haproxy = await startHaproxy(build, options);
      await test(haproxy, t);
    },
  }));
}
