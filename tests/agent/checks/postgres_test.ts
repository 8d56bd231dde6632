import assert from "node:assert/strict";
import postgres from "postgres";
import type { Finding } from "../../../lib/agent/check.ts";
import { POSTGRES } from "../../../lib/agent/checks/postgres.ts";
import { certificate } from "../../peers/certificates.ts";
import { postgresPrograms, startPostgresPair } from "../../peers/postgres.ts";
import { checkContext, closedPort, forever, rawPeer } from "../target/peers.ts";

async function run(port: number, options: Record<string, unknown> = {}, signal = forever()) {
  const login = { user: "happi", password: "secret" };
  const check = POSTGRES.make(
    { address: `127.0.0.1:${port}`, ...login, ...options },
    checkContext({ origin: "config" }),
  );
  return await check.run(signal);
}

Deno.test({
  name: "postgres tells primary from standby, and how far behind it is [PostgreSQL]",
  // Ignored, by name, only where PostgreSQL cannot be had.
  ignore: "missing" in postgresPrograms,
  async fn(t) {
    await using pair = await startPostgresPair();
    const { primary, standby } = pair;
    const caFile = await Deno.makeTempFile();
    await Deno.writeTextFile(caFile, certificate("ca"));

    await t.step("a primary is up as a primary and down as a standby", async () => {
      assert.deepEqual(await run(primary.port, { role: "primary", maxLag: 0 }), {
        reply: { health: "up" },
        reason: "",
        facts: { role: "primary" },
      });
      const wrong = await run(primary.port, { role: "standby" });
      assert.deepEqual([wrong.reply, wrong.reason], [{ health: "down" }, "the server is a primary and not a standby"]);
    });

    await t.step("a standby that has replayed all is not behind, however idle the primary", async () => {
      assert.deepEqual(await run(standby.port, { role: "standby", maxLag: 0 }), {
        reply: { health: "up" },
        reason: "",
        facts: { role: "standby", lag_ms: 0, streaming: true },
      });
    });

    await t.step("it speaks TLS", async () => {
      assert.equal((await run(primary.port, { tls: true, caFile })).reply.health, "up");
      assert.equal((await run(primary.port, { tls: true, caFile, serverName: "happi.test" })).reply.health, "up");
      await assert.rejects(run(primary.port, { tls: true }), { code: "check_failed" });
      await assert.rejects(run(primary.port, { tls: true, caFile, serverName: "a.example" }), { code: "check_failed" });
    });

    await t.step("it fails in the server's words when it may not log in", async () => {
      await assert.rejects(run(primary.port, { password: "wrong" }), {
        code: "check_failed",
        message: /^Cannot ask PostgreSQL at "127.0.0.1:\d+": password authentication failed for user "happi"$/,
      });
      await assert.rejects(run(primary.port, { database: "nothing" }), {
        message: /database "nothing" does not exist/,
      });
    });

    await t.step("a standby that does not replay what it receives is behind", async () => {
      await query(standby.port, "select pg_wal_replay_pause()");
      await query(primary.port, "create table happi (number int)");
      assert.equal((await runUntil(standby.port, "down")).reason, "the standby has replayed nothing yet");
      await query(standby.port, "select pg_wal_replay_resume()");
      assert.deepEqual((await runUntil(standby.port, "up")).facts, { role: "standby", lag_ms: 0, streaming: true });
    });

    await t.step("a standby without its primary is behind", async () => {
      await primary.kill();
      await standby.says("could not receive data from WAL stream");
      const { reply, reason } = await run(standby.port, { maxLag: 0 });
      assert.deepEqual(reply, { health: "down" });
      assert.match(reason, /^the standby is \d+\.\d s behind and gets no changes$/);
      assert.equal((await run(standby.port, { maxLag: "1h" })).reply.health, "up");
    });
    await Deno.remove(caFile);
  },
});

Deno.test("postgres fails where nobody listens, and where something else does", async () => {
  const port = closedPort();
  await assert.rejects(run(port), {
    code: "check_failed",
    message: `Cannot connect to "127.0.0.1:${port}": connection refused`,
  });
  for (const tls of [false, true]) {
    using mail = await rawPeer("220 mail ESMTP\r\n", "close");
    await assert.rejects(run(mail.port, { tls }, AbortSignal.timeout(500)), { code: "check_failed" });
  }
});

Deno.test("postgres ends with its signal and leaves no connection behind", async () => {
  for (const tls of [false, true]) {
    using silent = await rawPeer("", "stall");
    await assert.rejects(run(silent.port, { tls }, AbortSignal.timeout(100)), {
      code: "check_failed",
      message: `Cannot ask PostgreSQL at "127.0.0.1:${silent.port}": no answer in time`,
    });
    await silent.clientGone;
  }
});

/** Runs until the finding is this: changes take a moment from server to server. */
async function runUntil(port: number, health: string): Promise<Finding> {
  const latest = Date.now() + 10_000;
  for (;;) {
    const found = await run(port, { maxLag: 0 });
    if (found.reply.health === health) return found;
    assert.ok(Date.now() < latest, found.reason);
  }
}

async function query(port: number, text: string): Promise<void> {
  const sql = postgres({ host: "127.0.0.1", port, user: "happi", pass: "secret", database: "postgres", max: 1 });
  await sql.unsafe(text);
  await sql.end();
}
