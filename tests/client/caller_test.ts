/** How a client's commands reach HAProxy: what is sent again, and what never is. */
import assert from "node:assert/strict";
import { Client } from "../../lib/client/client.ts";
import { CommandRefused } from "../../lib/socket/mod.ts";
import { FakeCli } from "../peers/fake_cli.ts";

const LOCKED = "\n[3]: Can't show!\nOperations on certificates are currently locked!\n\n[6]: admin\n\n";
const REFUSED = "\n[3]: Can't show!\nNot today.\n\n[6]: admin\n\n";
const NONE = "\n# filename\n\n[6]: admin\n\n";

/** A HAProxy that gives these answers, the last one for ever. */
function answering(...answers: readonly string[]): FakeCli {
  return new FakeCli(async (connection) => {
    await connection.line();
    await connection.say(answers[Math.min(connection.number, answers.length) - 1] ?? "");
  });
}

Deno.test("SocketCaller asks again when HAProxy's certificates are locked, until they are not", async () => {
  await using haproxy = answering(LOCKED, LOCKED, NONE);
  await using client = new Client(haproxy.path);
  assert.deepEqual((await client.getCertificates()).files, []);
  assert.equal(haproxy.connections, 3);
});

Deno.test("SocketCaller asks no second time after any other refusal", async () => {
  await using haproxy = answering(REFUSED, NONE);
  await using client = new Client(haproxy.path);
  await assert.rejects(() => client.getCertificates(), CommandRefused);
  assert.equal(haproxy.connections, 1);
});

Deno.test("SocketCaller stops asking when its signal says so", async () => {
  await using haproxy = answering(LOCKED);
  await using client = new Client(haproxy.path);
  const signal = AbortSignal.timeout(50);
  await assert.rejects(() => client.with({ signal }).getCertificates(), { name: "TimeoutError" });
});
