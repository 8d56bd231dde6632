/**
 * The HTTP API under load: requests per second, latency, and what they cost happi and HAProxy.
 *
 * @module
 */

import { GuardedProcess } from "../haproxy/guarded.ts";
import { freePort } from "../haproxy/ports.ts";
import type { RunningHaproxy } from "../haproxy/launch.ts";
import { waitWhileAlive } from "../haproxy/wait.ts";
import { load } from "./load.ts";
import { cpuMs, peakMemoryMib } from "./processes.ts";
import { count, type FigureRow, percentile, printTable } from "./table.ts";

const SECONDS = 4;
const CONNECTIONS = [1, 32];
const PATHS = [
  "/healthz",
  "/api/v1/info",
  "/api/v1/servers/state/be_7",
  "/api/v1/stats?proxy=be_7",
  "/api/v1/servers/state/",
  "/api/v1/stats",
];
const MAX_AGES_MS = [0, 1000];

/** Measures and prints, once for each age that an answer may have. */
export async function benchServer(haproxy: RunningHaproxy): Promise<void> {
  for (const maxAge of MAX_AGES_MS) {
    const port = freePort();
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const args = [
      "server",
      "-p",
      haproxy.socketPath,
      "--listen",
      `127.0.0.1:${port}`,
      "--read-max-age",
      `${maxAge}ms`,
      "-l",
      "WARNING",
    ];
    const happi = new GuardedProcess([Deno.execPath(), "run", "-A", main, ...args]);
    try {
      const fault = await waitWhileAlive(happi, () => isReady(port));
      if (fault !== undefined) throw new Error(`Cannot start happi: ${fault}\n${happi.output}`);
      const rows: FigureRow[] = [];
      for (const path of PATHS) {
        for (const connections of CONNECTIONS) {
          rows.push(await measure(haproxy.pid, happi.pid, port, path, connections));
        }
      }
      const what = maxAge === 0
        ? "reads that arrive together share one command"
        : `and answers may be ${maxAge} ms old`;
      printTable(
        `HTTP API, ${what}; happi's peak of memory ${count(await peakMemoryMib(happi.pid))} MiB`,
        ["", "connections", "requests/s", "p50 ms", "p99 ms", "kB", "happi us/request", "HAProxy us/request"],
        rows,
      );
    } finally {
      await happi.end();
    }
  }
}

async function measure(
  haproxyPid: number,
  happiPid: number,
  port: number,
  path: string,
  connections: number,
): Promise<FigureRow> {
  await load(port, path, { connections, seconds: 0.5 });
  const [happiBefore, haproxyBefore] = [await cpuMs(happiPid), await cpuMs(haproxyPid)];
  const { requests, seconds, latenciesMs, bytes } = await load(port, path, { connections, seconds: SECONDS });
  const perRequest = (ms: number) => count(ms * 1000 / requests);
  return [
    path,
    String(connections),
    count(requests / seconds),
    percentile(latenciesMs, 0.5).toFixed(2),
    percentile(latenciesMs, 0.99).toFixed(2),
    (bytes / 1000).toFixed(1),
    perRequest(await cpuMs(happiPid) - happiBefore),
    perRequest(await cpuMs(haproxyPid) - haproxyBefore),
  ];
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}
