/**
 * A small load generator: HTTP/1.1 requests over kept connections, with as little work on this side as possible.
 *
 * @module
 */

/** What a run of the generator has seen. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  /** How long each request took, in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** Bytes of one answer, head included. */
  readonly bytes: number;
}

/**
 * Asks for one path over and over.
 *
 * @param port where the server listens on 127.0.0.1
 * @param path what to ask for
 * @param options `connections` at once, for `seconds`
 * @throws Error when an answer is not a 200 with a length
 */
export async function load(
  port: number,
  path: string,
  options: { connections: number; seconds: number },
): Promise<Load> {
  const latenciesMs: number[] = [];
  let bytes = 0;
  const request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
  const start = performance.now();
  const end = start + options.seconds * 1000;
  const connection = async () => {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const space = new Uint8Array(256 * 1024);
    while (performance.now() < end) {
      const asked = performance.now();
      await conn.write(request);
      bytes = await readAnswer(conn, space);
      latenciesMs.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
  return { requests: latenciesMs.length, seconds: (performance.now() - start) / 1000, latenciesMs, bytes };
}

/** Reads one answer to its end; gives its size in bytes. */
async function readAnswer(conn: Deno.Conn, space: Uint8Array): Promise<number> {
  let head = "";
  let arrived = 0;
  let total = Infinity;
  while (arrived < total) {
    const read = await conn.read(space);
    if (read === null) throw new Error("Cannot measure: the server closed the connection");
    arrived += read;
    if (total !== Infinity) continue;
    head += new TextDecoder("latin1").decode(space.subarray(0, Math.min(read, 4096)));
    const headEnd = head.indexOf("\r\n\r\n");
    if (headEnd < 0) continue;
    const length = /^content-length: (\d+)/im.exec(head.slice(0, headEnd));
    if (!head.startsWith("HTTP/1.1 200") || !length) {
      throw new Error(`Cannot measure: the server answered ${head.slice(0, headEnd)}`);
    }
    total = headEnd + 4 + Number(length[1]);
  }
  return total;
}
