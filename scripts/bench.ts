/**
 * The command behind `deno task bench`: what socket, client and server cost on a real HAProxy with 10,000 servers.
 *
 * Everything is measured side by side in one run, because the machine's speed drifts: quote the ratios. Name sections to
 * run only these: `deno task bench socket stat server`.
 *
 * @module
 */

import { availableVersions } from "./haproxy/versions.ts";
import { startHaproxy } from "./haproxy/launch.ts";
import { largeConfig } from "./bench/large.ts";
import { benchServer } from "./bench/server.ts";
import { benchSocket } from "./bench/socket.ts";
import { benchStat } from "./bench/stat.ts";
import { print } from "./bench/table.ts";

const SECTIONS = { socket: benchSocket, stat: benchStat, server: benchServer };

if (import.meta.main) {
  const { present } = await availableVersions();
  const build = present.at(-1);
  if (build === undefined) throw new Error("Cannot measure: no HAProxy is present");
  await using haproxy = await startHaproxy(build, { config: (context) => largeConfig(context, 200, 50) });
  print(
    `HAProxy ${build.release}, 200 backends of 50 servers; Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores`,
  );
  for (const [name, bench] of Object.entries(SECTIONS)) {
    if (Deno.args.length === 0 || Deno.args.includes(name)) await bench(haproxy);
  }
}
