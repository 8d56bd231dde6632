/** `happi service` in this process, and the commands beside it. */

import assert from "node:assert/strict";
import { run } from "../../../lib/cli/mod.ts";
import { type FakeEnvironment, fakeEnvironment, happi, type Outcome } from "../fake_environment.ts";

/** A command that runs until it is told to end. */
export interface Started extends AsyncDisposable {
  readonly environment: FakeEnvironment;
  /** Waits until what it has said, on standard output or error, fits. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** How it ends. */
  readonly ended: Promise<Outcome>;
  /** Sends SIGTERM; gives how it ended. */
  stop(): Promise<Outcome>;
}

/** Starts happi. */
export function start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Started {
  const stop = new AbortController();
  const waiting = new Set<() => void>();
  const look = () => waiting.forEach((one) => one());
  const environment = fakeEnvironment(args, { variables, signal: stop.signal, onWrite: look });
  let isEnded = false;
  const ended = run(environment).then((status) => {
    isEnded = true;
    look();
    return { status, output: environment.output(), errors: environment.errors() };
  });
  const end = () => {
    stop.abort();
    return ended;
  };
  return {
    environment,
    ended,
    stop: end,
    async until(pattern) {
      for (;;) {
        const said = `${environment.output()}\n${environment.errors()}`;
        const found = pattern.exec(said);
        if (found !== null) return found;
        assert.ok(!isEnded, `it ended before ${pattern}: ${said}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

/** A running `happi service`. */
export interface StartedService extends Started {
  /** Its HTTP API. */
  readonly url: string;
  /** Runs `happi service …` against it. */
  happi(...args: readonly string[]): Promise<Outcome>;
  /** Starts `happi service …` against it. */
  start(...args: readonly string[]): Started;
  /** Asks its API. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Starts it on a free port, or on one that it had before. */
export async function startService(
  folder: string,
  args: readonly string[] = [],
  listen = "127.0.0.1:0",
): Promise<StartedService> {
  const started = start(["service", "--state-dir", `${folder}/state`, "--http", listen, ...args]);
  const [, url = ""] = await started.until(/Serving (http:\S+)\/api\/v1\/services/);
  return {
    ...started,
    url,
    happi: (...more) => happi(["service", ...more], { variables: { HAPPI_API: url } }),
    start: (...more) => start(["service", ...more], { HAPPI_API: url }),
    async ask(method, path, body) {
      const given = body === undefined ? {} : {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      };
      const response = await fetch(`${url}/api/v1/${path}`, { method, ...given });
      const answer: unknown = await response.json();
      assert.equal(response.status, 200, JSON.stringify(answer));
      return answer;
    },
  };
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "happi-service-" });
  try {
    return await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A port that nobody listens on now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
