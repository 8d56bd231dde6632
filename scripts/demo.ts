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
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(name, () => ended.abort());
  const isCheck = Deno.args.includes("--check");
  const status = await demo(isCheck, ended.signal).catch((thrown) => {
    if (!ended.signal.aborted) throw thrown; // what breaks because it was to end is no fault
    return "asked to end" as const;
  });
  // A check that was not carried out is none that has passed.
  Deno.exit(status !== "asked to end" ? status : isCheck ? 1 : 0);
}

/** The exit status; also a start that is not over yet can be ended. */
async function demo(isCheck: boolean, ended: AbortSignal): Promise<number | "asked to end"> {
  const versions = await Promise.race([availableVersions({ report: say }), untilAborted(ended)]);
  if (versions === "asked to end") return versions;
  const { present, missing } = versions;
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
    signal: ended,
  });
  const port = isCheck || isTaken(HAPPI_PORT) ? freePort() : HAPPI_PORT;
  await using happi = await startHappi(haproxy.socketPath, port, ended);
  ended.throwIfAborted();
  const url = `http://127.0.0.1:${port}`;
  if (isCheck) return await ask(url, QUESTIONS, ended);
  say(guide(url, haproxy.port("web"), haproxy.socketPath, haproxy.masterSocketPath));
  const left = await Promise.race([untilAborted(ended), happi.exited, haproxy.exited]);
  if (left !== "asked to end") {
    say(`Something ended by itself.\n${happi.output}${haproxy.log()}`);
    return 1;
  }
  say("\nCleaning up ...");
  return left;
}

/** happi's own server, as a user would start it. */
async function startHappi(
  socketPath: string,
  port: number,
  ended: AbortSignal,
): Promise<GuardedProcess & AsyncDisposable> {
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
    "--no-state",
  ]);
  const dispose = async () => {
    happi.signal("SIGTERM");
    await Promise.race([happi.exited, new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, 3000)))]);
    await happi.end();
  };
  const isReady = async () => {
    if (ended.aborted) return true; // nobody waits for it any more
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
async function ask(url: string, questions: readonly Question[], ended: AbortSignal): Promise<number> {
  let wrong = 0;
  for (const { request, expected, isRight } of questions) {
    const { path, ...init } = request;
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url + path, { ...init, headers, signal: ended });
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
  const { promise, resolve } = Promise.withResolvers<"asked to end">();
  const end = () => resolve("asked to end");
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  return promise;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
