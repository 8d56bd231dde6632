import assert from "node:assert/strict";
import { REDIS } from "../../../lib/agent/checks/redis.ts";
import { certificate } from "../../peers/certificates.ts";
import { redisProgram, startRedis } from "../../peers/redis.ts";
import { checkContext, closedPort, forever, rawPeer } from "../target/peers.ts";

/** Ignored, by name, only where Redis cannot be had. */
const withRedis = { ignore: "missing" in redisProgram };

async function run(port: number, options: Record<string, unknown> = {}, signal = forever()) {
  return await REDIS.make({ address: `127.0.0.1:${port}`, ...options }, checkContext({ origin: "config" })).run(signal);
}

Deno.test("redis tells master from replica [Redis]", withRedis, async () => {
  await using master = await startRedis();
  await using replica = await startRedis(["--replicaof", "127.0.0.1", String(master.port)]);
  await replica.says("Finished with success");
  assert.deepEqual(await run(master.port, { role: "master" }), {
    reply: { health: "up" },
    reason: "",
    facts: { role: "master", replicas: 1 },
  });
  const found = await run(replica.port, { role: "replica", maxLag: "15s" });
  assert.deepEqual(found.reply, { health: "up" });
  assert.deepEqual([found.facts?.["role"], found.facts?.["linked"]], ["replica", true]);
  const wrong = await run(replica.port, { role: "master" });
  assert.deepEqual([wrong.reply, wrong.reason], [{ health: "down" }, "the server is a replica and not a master"]);
});

Deno.test(
  "redis is down on a replica that has never heard of its master, when a lag is given [Redis]",
  withRedis,
  async () => {
    await using lonely = await startRedis(["--replicaof", "127.0.0.1", String(closedPort())]);
    const found = await run(lonely.port, { maxLag: "15s" });
    assert.deepEqual([found.reply, found.reason], [{ health: "down" }, "the replica has never heard of its master"]);
    assert.deepEqual((await run(lonely.port)).reply, { health: "up" });
  },
);

Deno.test("redis logs in, and fails in the server's words when it may not [Redis]", withRedis, async () => {
  await using server = await startRedis([
    "--requirepass",
    "secret",
    "--user",
    "probe",
    "on",
    ">word",
    "+ping",
    "+info",
  ]);
  assert.equal((await run(server.port, { password: "secret" })).reply.health, "up");
  assert.equal((await run(server.port, { user: "probe", password: "word" })).reply.health, "up");
  await assert.rejects(run(server.port), { code: "check_failed", message: /NOAUTH/ });
  await assert.rejects(run(server.port, { password: "wrong" }), { message: /WRONGPASS/ });
});

Deno.test("redis speaks TLS [Redis]", withRedis, async () => {
  const folder = await Deno.makeTempDir();
  for (const name of ["ca", "ec"] as const) await Deno.writeTextFile(`${folder}/${name}.pem`, certificate(name));
  const [caFile, pem] = [`${folder}/ca.pem`, `${folder}/ec.pem`];
  const files = ["--tls-cert-file", pem, "--tls-key-file", pem, "--tls-ca-cert-file", caFile];
  await using server = await startRedis([...files, "--tls-auth-clients", "no"]);
  assert.equal((await run(server.port, { tls: true, caFile })).reply.health, "up");
  assert.equal((await run(server.port, { tls: true, caFile, serverName: "happi.test" })).reply.health, "up");
  assert.equal((await run(server.port, { tls: true, insecure: true })).reply.health, "up");
  await assert.rejects(run(server.port, { tls: true }), { code: "check_failed" });
  await assert.rejects(run(server.port, { tls: true, caFile, serverName: "other.example" }), { code: "check_failed" });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("redis fails where nobody listens, and where something else does", async () => {
  const port = closedPort();
  await assert.rejects(run(port), {
    code: "check_failed",
    message: `Cannot ask Redis at "127.0.0.1:${port}": connection refused`,
  });
  using mail = await rawPeer("220 mail ESMTP\r\n", "close");
  await assert.rejects(run(mail.port), { code: "check_failed" });
});

Deno.test("redis ends with its signal and leaves no connection behind", async () => {
  for (const tls of [false, true]) {
    using silent = await rawPeer("", "stall");
    await assert.rejects(run(silent.port, { tls }, AbortSignal.timeout(100)), {
      code: "check_failed",
      message: `Cannot ask Redis at "127.0.0.1:${silent.port}": no answer in time`,
    });
    await silent.clientGone;
  }
});

Deno.test("redis on the wire has no password, and asks only where the guard allows", async () => {
  const address = "169.254.169.254:6379";
  const make = (options: Record<string, unknown>) =>
    REDIS.make({ address, ...options }, checkContext({ origin: "wire" }));
  assert.throws(() => make({ password: "secret" }), { code: "invalid_check" });
  await assert.rejects(make({}).run(forever()), { name: "TargetRefused" });
});
