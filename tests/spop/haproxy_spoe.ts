/** A HAProxy that asks an agent about every request and shows the verdict in the answer's headers. */

import type { LaunchContext, LaunchOptions, RunningHaproxy } from "../../scripts/haproxy/launch.ts";

/** What differs from test to test. */
export interface SpoeOptions {
  /** The agents' ports by name (`context.port`), or unix sockets by path. Default one port, `agent`. */
  readonly servers?: (context: LaunchContext) => readonly string[];
  /** HAProxy's `timeout processing`. Default 500 ms. */
  readonly processingMs?: number;
  readonly master?: boolean;
}

/** Options for `testEachHaproxy`: a frontend `web` whose answer has the score, the error and the time of the SPOE. */
export function spoeOptions(options: SpoeOptions = {}): LaunchOptions {
  const { processingMs = 500 } = options;
  return {
    ...(options.master === undefined ? {} : { master: options.master }),
    files: {
      "spoe.conf": `[iprep]
spoe-agent iprep-agent
    messages get-ip-reputation
    option var-prefix iprep
    option set-on-error error
    option set-process-time time
    timeout hello 1s
    timeout idle 1m
    timeout processing ${processingMs}ms
    use-backend spoa
spoe-message get-ip-reputation
    args ip=req.hdr_ip(x-ip) mode=req.hdr(x-mode) headers=req.hdrs_bin
    event on-frontend-http-request
`,
    },
    config: (context) => {
      const hasMux = parseFloat(context.build.version) >= 3.1;
      const servers = options.servers?.(context) ?? [`127.0.0.1:${context.port("agent")}`];
      return `global
  nbthread 2
defaults
  timeout client 10s
  timeout server 10s
  timeout connect 1s
frontend web
  mode http
  bind 127.0.0.1:${context.port("web")}
  filter spoe engine iprep config ${context.file("spoe.conf")}
  http-request return status 200 hdr x-score "%[var(sess.iprep.ip_score)]" hdr x-error "%[var(txn.iprep.error)]" hdr x-time "%[var(txn.iprep.time)]"
backend spoa
  mode ${hasMux ? "spop" : "tcp"}
  option spop-check
  option redispatch 1
  retries 5
${servers.map((server, index) => `  server a${index} ${server} check inter 100ms fall 1 rise 1`).join("\n")}
`;
    },
  };
}

/** What HAProxy's answer says about the SPOE. */
export interface Shown {
  readonly score: string;
  readonly error: string;
  readonly timeMs: number;
}

/** Asks HAProxy one request over a connection of its own; `undefined` when there is no whole answer. */
export async function ask(port: number, headers: Readonly<Record<string, string>>): Promise<Shown | undefined> {
  const lines = Object.entries({ host: "test", connection: "close", ...headers }).map(([name, value]) =>
    `${name}: ${value}`
  );
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode(`GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`));
  const chunks: Uint8Array[] = [];
  for await (const chunk of conn.readable) chunks.push(chunk);
  const answer = new TextDecoder().decode(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).bytes());
  if (!answer.includes("\r\n\r\n")) return undefined;
  const header = (name: string) => new RegExp(`^${name}: *(.*?)\r$`, "m").exec(answer)?.[1] ?? "";
  return { score: header("x-score"), error: header("x-error"), timeMs: Number(header("x-time")) };
}

/** What load. */
export interface LoadOptions {
  /** HAProxy's. */
  readonly port: number;
  /** So many ask at once, each one request after the other. */
  readonly sides: number;
  /** How long each waits before its next request, on average, in milliseconds. */
  readonly pauseMs: number;
}

/** Requests until stopped, from a thread of its own, so that they do not wait for the agent's turns. */
export class Load {
  readonly #worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });

  /** Without a pause where none is said. */
  constructor(port: number, sides: number, pauseMs = 0) {
    this.#worker.postMessage({ port, sides, pauseMs } satisfies LoadOptions);
  }

  /** Stops; gives every answer, `undefined` for a request that got none. */
  async stop(): Promise<(Shown | undefined)[]> {
    const { promise, resolve } = Promise.withResolvers<(Shown | undefined)[]>();
    this.#worker.onmessage = (event: MessageEvent<(Shown | undefined)[]>) => resolve(event.data);
    this.#worker.postMessage("stop");
    const shown = await promise;
    this.#worker.terminate();
    return shown;
  }
}

/** Waits until HAProxy finds its agents as they are said to be. */
export async function untilServers(haproxy: RunningHaproxy, ...wanted: string[]): Promise<void> {
  while (true) {
    const states = await serverStates((command) => haproxy.ask(command));
    if (states.length === wanted.length && states.every((state, index) => state === wanted[index])) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for a counter to reach a number. */
export async function untilCount(counter: () => number, wanted: number): Promise<void> {
  while (counter() < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
}

/**
 * The status words of HAProxy's servers for agents, `UP` or `DOWN`; `INI` for one that is up because nobody has checked it
 * yet.
 */
async function serverStates(ask: (command: string) => Promise<string>): Promise<string[]> {
  const rows = (await ask("show stat spoa 4 -1")).split("\n").filter((line) => line.startsWith("spoa,"));
  return rows.map((row) => {
    const { 17: status = "", 36: check = "" } = row.split(",");
    return status === "UP" && check !== "" && !check.endsWith("OK") ? "INI" : status;
  });
}
