/**
 * The command behind `deno task soak:spop [MINUTES]` (10): `happi spoa`, with each of its ways to read and write, under
 * steady right traffic and mutated traffic.
 *
 * Each is looked at every ten seconds. It fails when memory or file descriptors have grown from the second quarter of the
 * time to the last, or when a right message got no verdict, or a wrong one.
 *
 * @module
 */

import { print } from "../bench/table.ts";
import { grown } from "./flatness.ts";
import { soak } from "./soak.ts";

const EVERY_SECONDS = 10;

if (import.meta.main) {
  const minutes = Number(Deno.args[0] ?? 10);
  if (!(minutes >= 2)) throw new Error(`Cannot soak for "${Deno.args[0]}" minutes: it takes at least 2 to see growth`);
  Deno.exitCode = await soakAll(minutes * 60) ? 0 : 1;
}

async function soakAll(seconds: number): Promise<boolean> {
  const all = await Promise.all(["default", "epoll"].map(async (io) => {
    const soaked = await soak({ io, seconds, everySeconds: EVERY_SECONDS, tell: print });
    const { missing } = soaked;
    const faults = [
      ...grown(soaked.samples),
      ...missing.length === 0 ? [] : [`${missing.length} right messages got no right verdict, first: ${missing[0]}`],
    ];
    return { io, faults };
  }));
  for (const { io, faults } of all) print(`${io}: ${faults.length === 0 ? "flat, all answered" : faults.join("; ")}`);
  return all.every(({ faults }) => faults.length === 0);
}
