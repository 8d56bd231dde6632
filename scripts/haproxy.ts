/**
 * The command behind `deno task haproxy`: fetches the HAProxy versions that tests and the demo use, and prints where
 * they are. `--json` prints the same for programs; `--refresh` fetches again what the cache has already.
 *
 * Exit status 0 when every wanted version is there, 1 when one is missing.
 *
 * @module
 */

import { availableVersions } from "./haproxy/versions.ts";

if (import.meta.main) {
  const found = await availableVersions({ refresh: Deno.args.includes("--refresh") });
  const text = Deno.args.includes("--json") ? JSON.stringify(found, null, 2) : asTable([
    ["version", "release", "path"],
    ...found.present.map((build) => [build.version, build.release, build.command.join(" ")]),
    ...found.missing.map((one) => [one.version, "missing", one.reason]),
  ]);
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
  Deno.exitCode = found.missing.length === 0 ? 0 : 1;
}

function asTable(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n");
}
