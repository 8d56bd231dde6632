/** `happi process` in this process, and the commands beside it. */

import assert from "node:assert/strict";
import { run } from "../../../lib/cli/mod.ts";
import { fakeEnvironment, type FakeOptions, happi, type Outcome } from "../fake_environment.ts";

/** The variables that processes of tests have. */
export const VARIABLES: Readonly<Record<string, string>> = { PATH: "/usr/local/bin:/usr/bin:/bin" };

/** What runs until it is stopped. */
export interface Started extends AsyncDisposable {
  /** Waits until what it has said, on both outputs, fits. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends SIGHUP. */
  hangUp(): void;
  /** What a second Ctrl-C does before the process ends. */
  forceEnd(): void;
  /** Sends SIGTERM; gives its exit status and all that it said. */
  stop(): Promise<Outcome>;
  /** Settles when it has ended. */
  readonly ended: Promise<Outcome>;
}

/** A running keeper. */
export interface StartedKeeper extends Started {
  /** Its API. */
  readonly url: string;
  /** happi's server with its metrics; empty when it has none. */
  readonly http: string;
  /** Runs `happi process …` against it. */
  happi(...args: readonly string[]): Promise<Outcome>;
  /** The same with an input. */
  happiWith(options: FakeOptions, ...args: readonly string[]): Promise<Outcome>;
}

/** Runs happi until it is stopped. */
export function startHappi(args: readonly string[], options: FakeOptions = {}): Started {
  const stop = new AbortController();
  const waiting = new Set<() => void>();
  const environment = fakeEnvironment(args, {
    variables: VARIABLES,
    ...options,
    signal: stop.signal,
    onWrite: () => waiting.forEach((look) => look()),
  });
  let isEnded = false;
  const ended = run(environment).then((status): Outcome => {
    isEnded = true;
    waiting.forEach((look) => look());
    return { status, output: environment.output(), errors: environment.errors() };
  });
  const end = () => {
    stop.abort();
    return ended;
  };
  return {
    async until(pattern) {
      for (;;) {
        const said = `${environment.errors()}\n${environment.output()}`;
        const found = pattern.exec(said);
        if (found !== null) return found;
        assert.ok(!isEnded, `it ended before ${pattern}: ${said}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
    hangUp: () => environment.hangUp(),
    forceEnd: () => environment.forceEnd(),
    stop: end,
    ended,
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

/** Starts a keeper on free ports. */
export async function startKeeper(args: readonly string[] = [], options: FakeOptions = {}): Promise<StartedKeeper> {
  const started = startHappi(
    [
      "process",
      ...(args.includes("--process-listen") ? [] : ["--process-listen", "127.0.0.1:0"]),
      ...(args.includes("--http") ? [] : ["--http", "127.0.0.1:0"]),
      ...args,
    ],
    options,
  );
  const [, url = ""] = await started.until(/Serving (http:\S+)\/processes\n/);
  const hasServer = !args.join(" ").includes("--http off");
  const [, http = ""] = hasServer
    ? await started.until(/(?:Serving (http:\S+)\/api\/v1\/process\n|There is no server)/)
    : [];
  const happiWith = (more: FakeOptions, ...words: readonly string[]) =>
    happi(["process", ...words], { ...more, variables: { ...VARIABLES, HAPPI_API: url, ...more.variables } });
  return { ...started, url, http, happiWith, happi: (...words) => happiWith({}, ...words) };
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "happi-process-" });
  try {
    return await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a file; gives its path. */
export async function write(folder: string, file: string, text: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/${file}`, text, { mode: 0o600 });
  return `${folder}/${file}`;
}
