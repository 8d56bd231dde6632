/**
 * The command behind `deno task demo`: a real HAProxy with three small backends behind it and happi beside it.
 *
 * It fetches HAProxy where it is missing, tells what to try, and takes everything away again on Ctrl-C. With `--check`
 * it asks its own API a few questions instead of waiting, prints the answers, and exits 0 when all of them are right.
 *
 * @module
 */

import { availableVersions } from "./haproxy/versions.ts";
import { startBackend } from "./haproxy/backends.ts";
import { freePort } from "./haproxy/ports.ts";
import { GuardedProcess } from "./haproxy/guarded.ts";
import { startHaproxy } from "./haproxy/launch.ts";
import { realisticConfig, realisticFiles } from "./haproxy/realistic.ts";
import { waitWhileAlive } from "./haproxy/wait.ts";
import { type Question, QUESTIONS } from "./demo/questions.ts";

/** Where happi listens when the port is free: its default. */
const HAPPI_PORT = 5080;

if (import.meta.main) {
  const ended = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => ended.abort());
  Deno.exitCode = await demo(Deno.args.includes("--check"), ended.signal);
  Deno.exit();
}

async function demo(isCheck: boolean, ended: AbortSignal): Promise<number> {
  const { present, missing } = await availableVersions({ report: say });
  const build = present.at(-1);
  if (build === undefined) {
    for (const one of missing) say(`HAProxy ${one.version} cannot be had: ${one.reason}`);
    return 1;
  }
  await using s1 = startBackend({ name: "s1" });
  await using s2 = startBackend({ name: "s2" });
  await using s3 = startBackend({ name: "s3" });
  const servers = { s1: s1.port, s2: s2.port, s3: s3.port };
  say(`Starting HAProxy ${build.release} ...`);
  await using haproxy = await startHaproxy(build, {
    config: (context) => realisticConfig(context, servers),
    files: realisticFiles,
    master: true,
  });
  const port = isCheck || isTaken(HAPPI_PORT) ? freePort() : HAPPI_PORT;
  await using happi = await startHappi(haproxy.socketPath, port);
  const url = `http://127.0.0.1:${port}`;
  if (isCheck) return await ask(url, QUESTIONS);
  say(guide(url, haproxy.port("web"), haproxy.socketPath, haproxy.masterSocketPath));
  const left = await Promise.race([untilAborted(ended), happi.exited, haproxy.exited]);
  if (left !== "asked to end") {
    say(`Something ended by itself.\n${happi.output}${haproxy.log()}`);
    return 1;
  }
  say("\nCleaning up ...");
  return 0;
}

/** happi's own server, as a user would start it. */
async function startHappi(socketPath: string, port: number): Promise<GuardedProcess & AsyncDisposable> {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const listen = `127.0.0.1:${port}`;
  const happi = new GuardedProcess([
    Deno.execPath(),
    "run",
    "-A",
    main,
    "server",
    "-p",
    socketPath,
    "--listen",
    listen,
  ]);
  const dispose = async () => {
    happi.signal("SIGTERM");
    await Promise.race([happi.exited, new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, 3000)))]);
    await happi.end();
  };
  const isReady = async () => {
    const answer = await fetch(`http://${listen}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok ?? false;
  };
  const fault = await waitWhileAlive(happi, isReady);
  if (fault !== undefined) {
    await dispose();
    throw new Error(`Cannot start happi: ${fault}\n${happi.output}`);
  }
  return Object.assign(happi, { [Symbol.asyncDispose]: dispose });
}

/** Asks each question, prints what came back; gives 0 when every answer is right. */
async function ask(url: string, questions: readonly Question[]): Promise<number> {
  let wrong = 0;
  for (const { request, expected, isRight } of questions) {
    const { path, ...init } = request;
    const answer = await fetch(url + path, { ...init, headers: { "content-type": "application/json" } });
    const text = await answer.text();
    const isFine = isRight(answer.status, text);
    if (!isFine) wrong++;
    say(`${isFine ? "ok   " : "WRONG"} ${init.method ?? "GET"} ${path} -> ${answer.status} ${shorten(text)}`);
    if (!isFine) say(`      expected: ${expected}`);
  }
  say(
    wrong === 0 ? `All ${questions.length} answers are right.` : `${wrong} of ${questions.length} answers are wrong.`,
  );
  return wrong === 0 ? 0 : 1;
}

function guide(url: string, webPort: number, socketPath: string, masterSocketPath: string): string {
  return `
HAProxy serves http://127.0.0.1:${webPort}/ from three backends; happi's page is ${url}/

Try:
  curl ${url}/api/v1/servers/state/
  curl ${url}/api/v1/backends/be_web/servers
  curl -X POST ${url}/api/v1/backends/be_web/servers/s1/drain -d '{"timeout_ms": 5000}'
  curl -X PATCH ${url}/api/v1/backends/be_web/servers/s1 -d '{"state": "ready", "weight": 50}'
  curl -N '${url}/api/v1/events/traffic?follow'

  deno task happi client get_servers_state be_web -p ${socketPath}
  deno task happi socket -p ${socketPath}
  deno task happi client get_processes -p ${masterSocketPath} --master

Ctrl-C ends it and takes everything away.
`;
}

function isTaken(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return false;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AddrInUse) return true;
    throw thrown;
  }
}

function untilAborted(signal: AbortSignal): Promise<"asked to end"> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve("asked to end"), { once: true }));
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
