/**
 * The command behind `deno task bench:services`: what a reload of HAProxy costs that has 10,000 servers in 200 backends to get
 * back, beside one command a connection, and how long a unit waits from its PUT to its first request.
 *
 * `--servers 10000 --backends 200 --units 20` choose otherwise.
 *
 * @module
 */
import { startBackend } from "../haproxy/backends.ts";
import type { HaproxyBuild } from "../haproxy/archive.ts";
import { type LaunchContext, type RunningHaproxy, startHaproxy } from "../haproxy/launch.ts";
import { availableVersions } from "../haproxy/versions.ts";
import { Client } from "../../lib/client/mod.ts";
import {
  Leases,
  Reconciler,
  Registry,
  restore,
  route,
  type ServerDocument,
  servicesRoutes,
} from "../../lib/services/mod.ts";
import { planAll } from "../../lib/services/reload/plan.ts";
import { count, type FigureRow, median, percentile, print, printTable, times } from "./table.ts";

if (import.meta.main) {
  const number = (name: string, usual: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? usual : Number(Deno.args[at + 1]);
  };
  const [servers, backends, units] = [number("servers", 10_000), number("backends", 200), number("units", 20)];
  const { present } = await availableVersions();
  print(`Deno ${Deno.version.deno}; ${navigator.hardwareConcurrency} processors`);
  const rows: FigureRow[] = [];
  for (const build of present) rows.push(...await benchRestore(build, servers, backends));
  printTable(
    `${count(servers)} servers in ${backends} backends brought back after a reload`,
    ["", "commands", "connections", "ms", "read back", ""],
    rows,
  );
  const waits: FigureRow[] = [];
  for (const build of present) waits.push(await benchFirstRequest(build, units));
  printTable("From PUT to the first request served, ms", ["", "units", "median", "p90", "most"], waits);
}

function manyBackends(backends: number) {
  return {
    master: true,
    config: (c: LaunchContext) =>
      `global\n  maxconn 1000\ndefaults\n  mode http\n  timeout connect 1s\n  timeout client 5s\n  timeout server 5s\n` +
      `frontend fe\n  bind 127.0.0.1:${c.port("fe")}\n  use_backend %[req.hdr(x-backend)]\n` +
      Array.from({ length: backends }, (_, index) => `backend b${index}\n  balance roundrobin\n`).join(""),
  };
}

/** Once as happi does it, once with each command on a connection of its own, as scripts with socat do. */
async function benchRestore(build: HaproxyBuild, servers: number, backends: number): Promise<FigureRow[]> {
  const documents = Array.from({ length: servers }, (_, index): ServerDocument => ({
    ...{ kind: "server", name: `b${index % backends}/s${index}` },
    made: { address: `127.${1 + index % 200}.0.1:${1024 + index % 60_000}`, keywords: ["weight", "10"] },
    state: "ready",
  }));
  await using haproxy = await startHaproxy(build, manyBackends(backends));
  await using client = new Client(haproxy.socketPath);
  const lines = (await planAll(client, documents)).flatMap(({ plan }) => plan.lines);
  await haproxy.reload();
  const restored = await restore(client, documents);
  const faults = restored.failed.length + restored.differences.length + restored.missing.length;
  if (faults > 0) throw new Error(`Cannot use the figures: ${faults} servers are not as they were`);
  await haproxy.reload();
  const startedAt = performance.now();
  for (const line of lines) await client.socket.send(line);
  const singlyMs = performance.now() - startedAt;
  const { version } = build;
  // Sessions of a thousand commands; reading takes a session and a connection before, and again behind.
  const connections = Math.ceil(lines.length / 1000) + 2;
  return [
    [
      `${version} happi`,
      count(lines.length),
      count(connections),
      count(restored.ms),
      "yes",
      times(singlyMs, restored.ms),
    ],
    [`${version} one by one`, count(lines.length), count(lines.length), count(singlyMs), "no", ""],
  ];
}

/** Units come one after the other, each with a backend of its own, so that the first request can only be its own. */
async function benchFirstRequest(build: HaproxyBuild, units: number): Promise<FigureRow> {
  await using haproxy = await startHaproxy(build, manyBackends(units));
  await using client = new Client(haproxy.socketPath);
  await using unit = startBackend({ name: "unit" });
  const registry = new Registry();
  await using leases = await Leases.open(registry);
  const routes = Array.from({ length: units }, (_, index) => route({ service: `s${index}`, backend: `b${index}` }));
  await using reconciler = new Reconciler({ client, services: registry, routes });
  reconciler.start();
  const app = servicesRoutes({ view: { registry, leases, sources: () => [] } });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  const waits: number[] = [];
  for (let index = 0; index < units; index++) {
    const startedAt = performance.now();
    const put = await fetch(`http://127.0.0.1:${server.addr.port}/services/s${index}/units/0`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ hostname: "127.0.0.1", port: unit.port }),
    });
    await put.body?.cancel();
    await firstRequest(haproxy, `b${index}`);
    waits.push(performance.now() - startedAt);
  }
  const figure = (ms: number) => ms.toFixed(1);
  return [build.version, count(units), ...[median(waits), percentile(waits, 0.9), Math.max(...waits)].map(figure)];
}

async function firstRequest(haproxy: RunningHaproxy, backend: string): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${haproxy.port("fe")}/`, { headers: { "x-backend": backend } });
    await response.body?.cancel();
    if (response.ok) return;
  }
}
