/**
 * The API of processes on a real listener with real processes: what the tests of its routes talk to.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { ProcessNotFound } from "../../lib/process/errors.ts";
import type { ProcessFacts } from "../../lib/process/facts_port.ts";
import { Commits } from "../../lib/process/jobs/commits.ts";
import { jobRoutes } from "../../lib/process/jobs/routes.ts";
import { ProcessManager } from "../../lib/process/manager.ts";
import { processRoutes, type ProcessRoutesOptions } from "../../lib/process/routes.ts";

/** The token that the tests' server asks for. */
export const TOKEN = "a-token/with+signs=";

/** Headers with the token. */
export const ADMIN: Readonly<Record<string, string>> = { authorization: `Bearer ${TOKEN}` };

/** A server with its manager. */
export interface Served extends AsyncDisposable {
  readonly manager: ProcessManager;
  readonly commits: Commits;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The same for WebSockets. */
  readonly wsUrl: string;
  /** Ends streams, as a server does that stops. */
  readonly stopping: AbortController;
}

/** How it is started. */
export interface ServedOptions extends Pick<ProcessRoutesOptions, "admin" | "origins"> {
  /** What the outputs keep, in bytes. */
  readonly replayBytes?: number;
}

/** Starts a server with definitions. */
export async function serveProcesses(
  definitions: readonly Definition[],
  { replayBytes, admin = { token: TOKEN }, ...options }: ServedOptions = {},
): Promise<Served> {
  const manager = new ProcessManager({
    environment: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    ...(replayBytes === undefined ? {} : { output: { replayBytes } }),
  });
  for (const definition of definitions) await manager.add(definition);
  const commits = new Commits(manager);
  const stopping = new AbortController();
  const facts = fixedFacts(manager);
  const app = processRoutes({
    manager,
    facts,
    commits,
    stopping: stopping.signal,
    version: "1.2.3",
    admin,
    ...options,
  });
  const jobs = jobRoutes({ manager, facts, commits, admin });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    return /^\/(jobs|sessions|hooks)/.test(pathname) ? jobs.fetch(request) : app.fetch(request);
  });
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    manager,
    commits,
    url: `http://${host}`,
    wsUrl: `ws://${host}`,
    stopping,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await manager[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

const INFO = {
  mem_info1: "1M",
  mem_info2: "2M",
  cpu: 1,
  mem: 0.1,
  ctime: "0:00.01",
  username: "root",
  nice: 0,
  cmdline: "sleep",
  rss_bytes: 1048576,
  threads: 1,
  started_at: 1_700_000_000_000,
  children: [],
};

/** Figures that are always the same. */
function fixedFacts(manager: ProcessManager): ProcessFacts {
  return {
    process(pid) {
      const isRunning = manager.running().some((child) => child.os_pid === pid && child.exit === undefined);
      return isRunning ? Promise.resolve({ ...INFO, pid }) : Promise.reject(new ProcessNotFound("pid", pid));
    },
    template: (name) =>
      Promise.resolve({
        name,
        stats: manager.running(name).map(({ pid, os_pid }) => ({ ...INFO, pid: os_pid, id: pid })),
        mem: 0.1,
        max_mem: 0.1,
        min_mem: 0.1,
        cpu: 1,
        max_cpu: 1,
        min_cpu: 1,
      }),
  };
}

/** The bytes of an answer as they come; leaving the loop, or the scope, ends the request. */
export async function readUntil(response: Response, isEnough: (text: string) => boolean): Promise<string> {
  assert.ok(response.body !== null);
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (isEnough(text)) return text;
  }
  return text;
}

/** The messages of a WebSocket, and how it ended. */
export async function conversation(
  socket: WebSocket,
  say: (socket: WebSocket, received: readonly (string | ArrayBuffer)[]) => void = () => {},
): Promise<{ readonly received: (string | ArrayBuffer)[]; readonly code: number }> {
  socket.binaryType = "arraybuffer";
  const received: (string | ArrayBuffer)[] = [];
  const { promise, resolve } = Promise.withResolvers<CloseEvent>();
  socket.onopen = () => say(socket, received);
  socket.onmessage = ({ data }) => {
    received.push(data);
    say(socket, received);
  };
  socket.onclose = resolve;
  const { code } = await promise;
  return { received, code };
}
