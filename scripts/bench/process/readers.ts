/**
 * Readers of streams over plain TCP: they count what comes and do nothing else, so that the server is what is measured.
 *
 * @module
 */

/** How a stream is read. */
export type FeedKind = "continuous" | "eventsource" | "longpoll" | "websocket";

/** A reader. */
export interface Reader {
  /** Bytes that have come so far. */
  readonly bytes: () => number;
  readonly close: () => void;
}

/** Reads one process's output from happi. */
export function readStream(port: number, pid: number, kind: FeedKind): Promise<Reader> {
  if (kind === "websocket") {
    const key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: aGFwcGkgYmVuY2htYXJrIQ==\r\n";
    return readRaw(port, `/wstreams/${pid}?binary=1`, `Connection: Upgrade\r\nUpgrade: websocket\r\n${key}`);
  }
  if (kind === "longpoll") return Promise.resolve(poll(`http://127.0.0.1:${port}/streams/${pid}/out?feed=longpoll`));
  return readRaw(port, `/streams/${pid}/out?feed=${kind}`);
}

/** Reads the answer to a GET, or with no path whatever a port has to say. */
export async function readRaw(port: number, path: string | undefined, headers = ""): Promise<Reader> {
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\n`;
  if (path !== undefined) await connection.write(new TextEncoder().encode(head));
  let bytes = 0;
  const room = new Uint8Array(256 * 1024);
  void (async () => {
    try {
      for (let read = await connection.read(room); read !== null; read = await connection.read(room)) bytes += read;
    } catch {
      // it was closed
    }
  })();
  return { bytes: () => bytes, close: () => connection.close() };
}

/** One request after the other. */
function poll(url: string): Reader {
  let bytes = 0;
  const end = new AbortController();
  void (async () => {
    try {
      while (!end.signal.aborted) bytes += (await (await fetch(url, { signal: end.signal })).bytes()).length;
    } catch {
      // it was closed
    }
  })();
  return { bytes: () => bytes, close: () => end.abort() };
}
