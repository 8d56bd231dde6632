/**
 * A process over a WebSocket: messages go to its stdin, its first output comes back (gaffer's HTTP guide, "wstreams").
 *
 * Output comes as text frames with whole characters, or, with `?binary=1`, as binary frames with the bytes as they were
 * written; then an empty message is the end of the input. A socket that does not take it loses the oldest; with `?binary=1`
 * it is told so, in a text frame `{"lost": BLOCKS}`. A process that does not read its input makes messages wait, up to 1 MiB,
 * then the socket is closed with 1013: the protocol has no way to slow its sender down.
 */
import { type FeedItem, type FeedSocket, sendFeed } from "../../feed/mod.ts";
import { SUBPROTOCOL } from "../api/admin.ts";
import { Refusal, tellError } from "../api/refusals.ts";
import type { RunningProcess } from "../manager_face.ts";
import type { Chunk } from "../output.ts";
import { readBeginning, skipping } from "./beginning.ts";
import { bytesBefore, OutputText } from "./output_text.ts";

/**
 * Answers a request to upgrade. What is wrong is told in the socket, as browsers show nothing else to a page: a message with
 * the error, then the end with 1008.
 *
 * @param find gives the process, or throws why it may not be had
 * @throws {Refusal} 426 when it is no request to upgrade
 */
export function outputSocket(request: Request, find: () => RunningProcess, stopping?: AbortSignal): Response {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new Refusal(426, "upgrade_required", "Cannot speak with the process: this route is a WebSocket", {
      upgrade: "websocket",
    });
  }
  const speak = speakerOf(request, find, stopping);
  const protocols = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
  const { socket, response } = Deno.upgradeWebSocket(
    request,
    protocols.includes(SUBPROTOCOL) ? { protocol: SUBPROTOCOL } : {},
  );
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => speak(socket));
  return response;
}

type Speaker = (socket: WebSocket) => void;

/** What is done with the socket when it is open. The request is read now: once it is upgraded, there is none. */
function speakerOf(request: Request, find: () => RunningProcess, stopping: AbortSignal | undefined): Speaker {
  try {
    const process = find();
    const query = new URL(request.url).searchParams;
    const isBinary = query.get("binary") === "1";
    const [feed] = process.outputs.values();
    const begin = feed === undefined ? undefined : readBeginning(feed, query, request.headers);
    return (socket) => {
      listen(socket, process, isBinary);
      if (feed === undefined || begin === undefined) return closeAtEnd(socket, process, stopping);
      const before = begin.skip === 0 ? bytesBefore(feed, begin.id) : undefined;
      const { frame, closing } = isBinary ? BINARY : textFrames(before);
      void sendFeed(feed, socket, { after: begin.id - 1 }, {
        frame: (item) => frame(skipping(item, begin)),
        closing,
        ended: ENDED,
        ...(stopping === undefined ? {} : { signal: stopping }),
      });
    };
  } catch (thrown) {
    return (socket) => refuse(socket, thrown);
  }
}

const ENDED = { code: 1000, reason: "the process has ended" };

/** Takes messages to the process, in their order, none after one that was refused; with `?binary=1` an empty one is the end of its input. */
function listen(socket: WebSocket, process: RunningProcess, isBinary: boolean): void {
  socket.addEventListener("message", ({ data }) => {
    if (socket.readyState !== OPEN) return;
    const bytes = bytesOf(data);
    const taken = isBinary && bytes.length === 0 ? process.closeInput() : process.write(bytes);
    taken.catch((thrown) => refuse(socket, thrown));
  });
}

/** Of a process without output only the end is told. */
function closeAtEnd(socket: WebSocket, process: RunningProcess, stopping: AbortSignal | undefined): void {
  const stop = () => socket.close(1001, "the server stops");
  stopping?.addEventListener("abort", stop);
  socket.addEventListener("close", () => stopping?.removeEventListener("abort", stop));
  void process.ended.then(() => socket.close(ENDED.code, ENDED.reason));
}

interface Frames {
  readonly frame: (item: FeedItem<Chunk>) => string | Chunk | undefined;
  readonly closing: () => string | undefined;
}

const BINARY: Frames = {
  frame: (item) => item.kind === "lost" ? JSON.stringify({ lost: item.count }) : item.record.value,
  closing: () => undefined,
};

function textFrames(before: Uint8Array | undefined): Frames {
  let text = new OutputText(before);
  return {
    frame(item) {
      if (item.kind === "record") return text.take(item.record.value) || undefined;
      text = new OutputText();
      return undefined;
    },
    closing: () => text.end() || undefined,
  };
}

const ENCODER = new TextEncoder();

function bytesOf(message: unknown): Chunk {
  return message instanceof ArrayBuffer ? new Uint8Array(message) : ENCODER.encode(String(message));
}

const OPEN = 1;

/** Says what is wrong, and ends: 1013 for "later", 1008 for "not so". */
function refuse(socket: FeedSocket, thrown: unknown): void {
  if (socket.readyState !== OPEN) return;
  const { code, message } = tellError(thrown) ?? { code: "internal", message: "Cannot go on: a fault of happi's own" };
  socket.send(`${JSON.stringify({ error: code, reason: message })}\n`);
  socket.close(code === "input_full" ? 1013 : 1008, code);
}
