/** A master's socket that is spoken with as if it were a worker's. */
import assert from "node:assert/strict";
import { NotHaproxy, Socket } from "../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

const OPTIONS = { ...REALISTIC, master: true };
const SAYS_WHY = /as with a worker's socket: it is a master's; say who shall answer, the master or its worker$/;

testEachHaproxy(
  "send() knows a master where it expects a worker, without waiting for its end",
  OPTIONS,
  async (haproxy) => {
    await using socket = new Socket(haproxy.masterSocketPath);
    for (const command of ["show version", "show stat", "show ssl cert"]) {
      for (const options of [{}, { reuse: true }]) {
        const startedAt = performance.now();
        await assert.rejects(
          () => socket.send(command, { ...options, timeoutMs: 30_000 }),
          (thrown) => thrown instanceof NotHaproxy && SAYS_WHY.test(thrown.message),
        );
        assert.ok(performance.now() - startedAt < 15_000, "its answer tells, not the time");
      }
    }
    const worker = socket.to("worker");
    assert.equal((await worker.send("show version")).trim(), haproxy.build.release);
  },
);
