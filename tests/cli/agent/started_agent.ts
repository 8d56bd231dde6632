/** `happi agent` in this process, and the commands beside it. */

import assert from "node:assert/strict";
import { run } from "../../../lib/cli/mod.ts";
import { fakeEnvironment, type FakeOptions, happi, type Outcome } from "../fake_environment.ts";

/** A running `happi agent`. */
export interface StartedAgent extends AsyncDisposable {
  /** Where HAProxy would ask it. */
  readonly address: string;
  /** Its HTTP API; empty when it has none. */
  readonly url: string;
  /** Waits until what it has said on standard error fits. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends SIGHUP. */
  hangUp(): void;
  /** Sends SIGTERM; gives its exit status and all that it said. */
  stop(): Promise<Outcome>;
  /** Runs `happi agent …` against it. */
  happi(...args: readonly string[]): Promise<Outcome>;
}

/** Starts it on free ports. */
export async function startAgent(
  folder: string,
  args: readonly string[] = [],
  options: FakeOptions = {},
): Promise<StartedAgent> {
  const stop = new AbortController();
  const waiting = new Set<() => void>();
  const environment = fakeEnvironment(["agent", "--state-dir", `${folder}/state`, ...withPorts(args)], {
    ...options,
    signal: stop.signal,
    onWrite: () => waiting.forEach((look) => look()),
  });
  const ended = run(environment);
  let isEnded = false;
  void ended.then(() => {
    isEnded = true;
    waiting.forEach((look) => look());
  });
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(environment.errors());
      if (found !== null) return found;
      assert.ok(!isEnded, `it ended before ${pattern}: ${environment.errors()}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      await promise;
      waiting.delete(resolve);
    }
  };
  const [, address = ""] = await until(/Server started.*?\baddr[":=]+([\w.:/[\]-]+)/);
  const isServed = !args.join(" ").includes("--http off");
  const [, url = ""] = isServed ? await until(/(?:Serving (http:\S+)\/api\/v1\/agent|There is no HTTP API)/) : [];
  const end = async () => {
    stop.abort();
    return { status: await ended, output: environment.output(), errors: environment.errors() };
  };
  return {
    address,
    url,
    until,
    hangUp: () => environment.hangUp(),
    stop: end,
    happi: (...more) => happi(["agent", ...more], { variables: { HAPPI_API: url, USER: "ana" } }),
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

function withPorts(args: readonly string[]): string[] {
  const has = (name: string) => args.includes(name);
  return [
    ...(has("--listen") || args.some((arg) => /^[\d.]+$/.test(arg)) ? [] : ["--listen", "127.0.0.1:0"]),
    ...(has("--http") ? [] : ["--http", "127.0.0.1:0"]),
    ...args,
  ];
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "happi-agent-" });
  try {
    return await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a configuration; gives its path. */
export async function writeConfig(folder: string, toml: string): Promise<string> {
  const file = `${folder}/happi.toml`;
  await Deno.writeTextFile(file, toml);
  return file;
}
