/**
 * `happi process attach`: a process's output here, and what is typed here to its input.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { readInteger, word } from "../values.ts";
import {
  type ApiFlags,
  findKeeper,
  type KeeperApi,
  KeeperRefused,
  KeeperUnreachable,
  listIn,
  recordIn,
} from "./api.ts";
import { adminTokenFile, api } from "./flags.ts";

interface AttachValues {
  readonly args: { readonly name: string };
  readonly own: ApiFlags & { readonly tail?: string | undefined };
}

/** The leaf of `happi process attach`. */
export const attachLeaf = leaf<AttachValues>({
  path: "process attach",
  usage: "PID|NAME [--tail N] [--admin-token-file FILE] [--api URL]",
  summary: "Be a process's terminal: its output here, what is typed to its input",
  paragraphs: [
    "Its definition needs redirect_input = true. Ctrl-D ends its input, Ctrl-C leaves and lets it run; when it ends, so " +
    "does this.",
  ],
  parser: object({
    args: object("Arguments", {
      name: argument(word("PID|NAME"), {
        description: message`A number that list shows, or the name of a single process`,
      }),
    }),
    own: object("Options", {
      tail: optional(option("--tail", word("N"), { description: message`Begin with the last N lines (0)` })),
      adminTokenFile,
      api,
    }),
  }),
  run,
});

async function run(environment: Environment, { args, own }: AttachValues): Promise<number> {
  const tail = own.tail === undefined ? 0 : readInteger("--tail", own.tail, 0, 1_000_000);
  const keeper = await findKeeper(environment, own);
  const pid = await findPid(keeper, args.name);
  const socket = new WebSocket(keeper.socketUrl(`/wstreams/${pid}?binary=1&tail=${tail}`), protocolsOf(keeper.token));
  socket.binaryType = "arraybuffer";
  const ended = untilClosed(environment, keeper, socket);
  const input = environment.stdin.open().getReader();
  void sendInput(socket, input).catch(() => socket.close());
  try {
    await ended;
  } finally {
    void input.cancel().catch(() => {}); // a terminal gives no more
  }
  return EXIT.done;
}

async function findPid(keeper: KeeperApi, name: string): Promise<string> {
  if (/^\d+$/.test(name)) return name;
  const pids = listIn(recordIn(await keeper.ask("GET", `/processes/${encodeURIComponent(name)}/_pids`))["pids"]);
  const [pid] = pids;
  if (pid !== undefined && pids.length === 1) return pid;
  const why = pid === undefined ? "none of it runs" : `several run, choose one: ${pids.join(", ")}`;
  throw new KeeperRefused(`Cannot attach to "${name}": ${why}`);
}

/** A token goes as a subprotocol, as from a browser. */
function protocolsOf(token: string | undefined): string[] {
  if (token === undefined) return ["happi"];
  const bytes = new TextEncoder().encode(token);
  return ["happi", `happi.token.${bytes.toBase64({ alphabet: "base64url", omitPadding: true })}`];
}

/** Writes what comes, until the socket is closed. @throws {KeeperRefused} {@linkcode KeeperUnreachable} */
function untilClosed({ stdout, stderr, signal }: Environment, keeper: KeeperApi, socket: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let last: Promise<unknown> = Promise.resolve();
  let said = "";
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") said = data;
    const { lost } = typeof data === "string" ? recordIn(parsed(data)) : {};
    if (typeof lost === "number") {
      last = last.then(() => stderr.write(`happi: ${lost} blocks of output are lost here\n`));
    }
    if (data instanceof ArrayBuffer) last = last.then(() => stdout.write(new Uint8Array(data)));
    last.catch(reject);
  });
  socket.addEventListener("close", ({ code }) => {
    const { reason } = recordIn(parsed(said));
    if (code === 1000) last.then(() => resolve(), reject);
    else if (typeof reason === "string") reject(new KeeperRefused(reason));
    else reject(new KeeperUnreachable([`${keeper.url}: the connection was lost`]));
  });
  socket.addEventListener("error", () => {}); // "close" follows
  const leave = () => {
    socket.close();
    reject(signal.reason);
  };
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  return promise;
}

async function sendInput(socket: WebSocket, input: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  if (socket.readyState === WebSocket.CONNECTING) {
    await new Promise((resolve) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("close", resolve, { once: true });
    });
  }
  while (socket.readyState === WebSocket.OPEN) {
    const { done, value } = await input.read();
    // Nothing at all is the end, which so does not overtake what was sent before.
    if (done) return socket.send(new Uint8Array());
    for (let at = 0; at < value.length; at += PIECE_BYTES) {
      while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > MOST_WAITING_BYTES) await pause();
      if (socket.readyState === WebSocket.OPEN) socket.send(value.slice(at, at + PIECE_BYTES));
    }
  }
}

const PIECE_BYTES = 64 * 1024;
const MOST_WAITING_BYTES = 512 * 1024;

/** A WebSocket does not tell when what waits has gone. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
