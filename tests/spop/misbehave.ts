/** A conversation with an agent that can be mutated, and a peer that says it in bad manners. */

import { frame, hello, join, notify } from "./wire.ts";

/** HELLO, NOTIFYs of two messages, one in pieces, and DISCONNECT: all of it right. */
export function conversation(quick: string, slow: string): Uint8Array<ArrayBuffer> {
  return join(
    hello(),
    notify(1, { name: quick, args: { x: "text", n: -5, b: true } }),
    notify(300, { name: slow, args: { x: new Uint8Array(2000) } }, { name: quick }),
    frame("notify", (writer) => writer.text("a piece"), { flags: 0, stream: 5, id: 1 }),
    frame("unset", (writer) => writer.byte(0), { flags: 1, stream: 5, id: 1 }),
    frame("haproxy_disconnect"),
  );
}

/** Says something, reads a part of the answer or nothing, and leaves; what it does depends on the turn. */
export async function misbehave(port: number, bytes: Uint8Array, turn: number): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const cut = turn % 3 === 0 ? Math.floor(bytes.length / 2) : bytes.length;
  await conn.write(bytes.subarray(0, cut));
  if (turn % 4 === 1) await conn.closeWrite();
  if (turn % 2 === 0) await conn.read(new Uint8Array(100));
  if (cut < bytes.length) await conn.write(bytes.subarray(cut));
}
