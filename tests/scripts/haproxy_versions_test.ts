/** How the HAProxy versions are found, and what is said when one cannot be had. */

import assert from "node:assert/strict";
import { type Package, parsePackages, withLibraries } from "../../scripts/haproxy/debian.ts";
import { type AvailableVersions, availableVersions, WANTED_VERSIONS } from "../../scripts/haproxy/versions.ts";

const NO_MIRROR = { HAPPI_DEBIAN_MIRROR: "http://127.0.0.1:1" };

/** Runs `scripts/haproxy.ts --json` in another process, with another environment. */
async function versionsWith(env: Record<string, string>): Promise<AvailableVersions & { code: number; log: string }> {
  const script = new URL("../../scripts/haproxy.ts", import.meta.url).pathname;
  const output = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, "--json"], env }).output();
  const text = new TextDecoder();
  return { ...JSON.parse(text.decode(output.stdout)), code: output.code, log: text.decode(output.stderr) };
}

Deno.test("availableVersions() names what cannot be had, and why, without network and cache", async () => {
  const cache = await Deno.makeTempDir();
  const found = await versionsWith({ ...NO_MIRROR, HAPPI_CACHE: cache, PATH: "/usr/bin:/bin" });
  const left = [...Deno.readDirSync(`${cache}/haproxy`)];
  await Deno.remove(cache, { recursive: true });
  assert.equal(found.code, 1);
  const both = [...found.present, ...found.missing].map((one) => one.version);
  for (const { version } of WANTED_VERSIONS) assert.ok(both.includes(version));
  assert.ok(found.missing.length >= WANTED_VERSIONS.length - 1, "only the host's own may be present");
  for (const one of found.missing) assert.match(one.reason, /apt-get/);
  assert.deepEqual(left, [], "no half unpacked folders");
});

Deno.test("availableVersions() needs no network when the cache is filled", async () => {
  const here = await availableVersions();
  const found = await versionsWith(NO_MIRROR);
  assert.deepEqual(found.present, here.present);
  if (here.missing.length === 0) assert.equal(found.log, "");
});

Deno.test("parsePackages() keeps the library dependencies of each record", () => {
  const text = [
    "Package: haproxy\nVersion: 3.2.26-1\nPre-Depends: libc6 (>= 2.38)\n" +
    "Depends: adduser, libssl3t64 (>= 3.5.1), liba1:any | liba2, libb | other",
    "Package: libc6\nVersion: 2.41-1\nDescription: library\n Package: in the text",
  ].join("\n\n");
  assert.deepEqual(parsePackages(text + "\n\n"), [
    { name: "haproxy", version: "3.2.26-1", libraries: [["libc6"], ["libssl3t64"], ["liba1", "liba2"]] },
    { name: "libc6", version: "2.41-1", libraries: [] },
  ]);
});

const ARCHIVE: Package[] = [
  { name: "app", version: "1", libraries: [["liba"], ["libgone", "libb"]] },
  { name: "liba", version: "1", libraries: [["libc"]] },
  { name: "libb", version: "1", libraries: [["liba"], ["libc"]] },
  { name: "libc", version: "1", libraries: [["liba"]] },
];

const show = (names: readonly string[]) => Promise.resolve(ARCHIVE.filter((one) => names.includes(one.name)));

Deno.test("withLibraries() finds the whole closure, circles and choices included", async () => {
  const found = await withLibraries("app", show);
  assert.deepEqual(found.map((one) => one.name), ["app", "liba", "libb", "libc"]);
});

Deno.test("withLibraries() names what the archive does not have", async () => {
  await assert.rejects(withLibraries("libx", show), /Debian has no package "libx"/);
});
