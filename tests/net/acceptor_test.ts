/** Accepting goes on, whoever has given up meanwhile. */

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { Acceptor } from "../../lib/net/acceptor.ts";
import { listenStream } from "../../lib/net/mod.ts";

/** Connects; resolves when the kernel has the connection in its queue. */
async function knock(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return socket;
}

async function reset(socket: Socket): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resetAndDestroy();
  await closed;
}

Deno.test("an Acceptor loses no time over connections that were reset in its queue", async () => {
  const listener = await listenStream({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
  assert.ok(listener.address.transport === "tcp");
  const { port } = listener.address;
  const faults: unknown[] = [];
  const leave = Promise.withResolvers<void>();
  const last = Promise.withResolvers<void>();
  let served = 0;
  const acceptor = new Acceptor(listener, {
    maxConnections: 1,
    serve: async (conn) => {
      const isFirst = served++ === 0;
      if (isFirst) await leave.promise;
      // Nothing comes from those that are gone, if the kernel hands them out at all.
      const count = isFirst ? null : await conn.read(new Uint8Array(1)).catch(() => null);
      conn.close();
      if (count !== null) last.resolve();
    },
    onFault: (cause) => faults.push(cause),
  });
  const first = await knock(port);
  while (served === 0) await new Promise((next) => setTimeout(next, 1));
  const gone = await Promise.all(Array.from({ length: 50 }, () => knock(port)));
  const alive = await knock(port);
  alive.write("x");
  await Promise.all(gone.map(reset));
  const start = performance.now();
  leave.resolve();
  await last.promise;
  assert.ok(performance.now() - start < 1000, "with a pause for each it would be five seconds");
  assert.deepEqual(faults, []);
  first.destroy();
  alive.destroy();
  acceptor.stop();
  await acceptor.finished();
});
