/**
 * The HAProxy versions that tests, benchmarks and the demo can use on this machine: the three that Debian ships, and
 * the host's own where it is another.
 *
 * @module
 */

import { branchOf, cachedBuild, fetchBuild, type HaproxyBuild, releaseOf } from "./archive.ts";

export type { HaproxyBuild } from "./archive.ts";

/** The versions that we hold ourselves to, and the Debian suite that ships each. */
export const WANTED_VERSIONS: readonly { readonly version: string; readonly suite: string }[] = [
  { version: "2.6", suite: "bookworm" },
  { version: "3.0", suite: "trixie" },
  { version: "3.2", suite: "sid" },
];

/** A wanted version that cannot be had, and why. */
export interface MissingVersion {
  readonly version: string;
  readonly reason: string;
}

/** What there is and what there is not. */
export interface AvailableVersions {
  /** Oldest first. */
  readonly present: HaproxyBuild[];
  readonly missing: MissingVersion[];
}

/**
 * Finds every wanted HAProxy, fetching those that the cache lacks (all at once); with a filled cache no network is
 * used and the answer is instant.
 *
 * @param options `report` takes a line of progress for each download (default: stderr); `refresh` fetches again what
 * the cache has already
 */
export async function availableVersions(
  options: { report?: (line: string) => void; refresh?: boolean } = {},
): Promise<AvailableVersions> {
  const report = options.report ?? toStderr;
  const present: HaproxyBuild[] = [];
  const missing: MissingVersion[] = [];
  const found = await Promise.all(WANTED_VERSIONS.map(async ({ version, suite }) => {
    try {
      const cached = options.refresh ? undefined : await cachedBuild(suite);
      const progress = (line: string) => report(`HAProxy ${version}: ${line}`);
      const build = cached ?? await fetchBuild(suite, progress, options.refresh);
      if (build.version === version) return build;
      return { version, reason: `Debian ${suite} has HAProxy ${build.release}` };
    } catch (thrown) {
      return { version, reason: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }));
  for (const one of found) {
    if ("command" in one) present.push(one);
    else missing.push(one);
  }
  const host = await hostBuild();
  if (host !== undefined && !present.some((one) => one.version === host.version)) {
    present.push(host);
    const wanted = missing.findIndex((one) => one.version === host.version);
    if (wanted >= 0) missing.splice(wanted, 1);
  }
  present.sort((a, b) => a.version.localeCompare(b.version, "en", { numeric: true }));
  return { present, missing };
}

/** The HAProxy that is installed on this host, where there is one that runs. */
async function hostBuild(): Promise<HaproxyBuild | undefined> {
  for (const folder of [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"]) {
    const program = `${folder}/haproxy`;
    if (!program.startsWith("/") || !await Deno.stat(program).then((found) => found.isFile, () => false)) continue;
    const release = await releaseOf([program]).catch(() => undefined);
    if (release !== undefined) return { version: branchOf(release), release, command: [program] };
  }
  return undefined;
}

function toStderr(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(line + "\n"));
}
