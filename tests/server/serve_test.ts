/** The server's life: where it listens, what it refuses to replace, and how it stops. */
import assert from "node:assert/strict";
import { Client } from "../../lib/client/mod.ts";
import { formatAddress } from "../../lib/net/mod.ts";
import { ListenFailed, NonLoopbackListener, type RunningServer, serve } from "../../lib/server/mod.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";
import { fakeClient } from "./fake_client.ts";
import { openSession } from "./open_session.ts";

const client = fakeClient({});
const url = (server: RunningServer, path: string) => `http://${formatAddress(server.address)}${path}`;

/** Asks over a unix socket; gives the status line. */
async function askUnix(path: string, host = "localhost"): Promise<string> {
  using connection = await Deno.connect({ transport: "unix", path });
  const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const text = await new Response(connection.readable).text();
  return text.split("\r\n")[0] ?? "";
}

async function inTempDir(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "happi-serve-" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("serve() answers on TCP, and tells its port", async () => {
  await using server = await serve({ client, listen: "127.0.0.1:0" });
  assert.ok(server.address.transport === "tcp" && server.address.port > 0);
  const response = await fetch(url(server, "/healthz"));
  assert.deepEqual(await response.json(), { status: "alive" });
});

Deno.test("serve() answers on a unix socket of mode 660, whatever the Host, and removes it when it stops", () =>
  inTempDir(async (dir) => {
    const path = `${dir}/api.sock`;
    const before = Deno.umask();
    const server = await serve({ client, listen: path });
    assert.equal(Deno.umask(), before, "the process's mask is as it was");
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o660);
    assert.equal(await askUnix(path, "anything.example.com"), "HTTP/1.1 200 OK");
    await server.stop();
    await assert.rejects(() => Deno.lstat(path), Deno.errors.NotFound);
  }));

Deno.test("serve() replaces a socket that a crash left behind, and nothing else", () =>
  inTempDir(async (dir) => {
    const stale = `${dir}/stale.sock`;
    const leave = `const l = Deno.listen({ transport: "unix", path: ${
      JSON.stringify(stale)
    } }); Deno.kill(Deno.pid, "SIGKILL");`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", leave] }).output();
    assert.equal((await Deno.lstat(stale)).isSocket, true);
    await using first = await serve({ client, listen: stale });
    assert.equal(await askUnix(stale), "HTTP/1.1 200 OK");
    await assert.rejects(() => serve({ client, listen: stale }), /somebody listens there already/);
    assert.equal(await askUnix(stale), "HTTP/1.1 200 OK", "the first one still answers");
    await first.stop();
    const file = `${dir}/notes.txt`;
    await Deno.writeTextFile(file, "keep me");
    await assert.rejects(() => serve({ client, listen: file }), ListenFailed);
    assert.equal(await Deno.readTextFile(file), "keep me");
  }));

Deno.test("serve() says so when a port is taken", async () => {
  await using server = await serve({ client, listen: "127.0.0.1:0" });
  await assert.rejects(() => serve({ client, listen: server.address }), (thrown) => {
    assert.ok(thrown instanceof ListenFailed);
    assert.match(thrown.message, /^Cannot listen on "127\.0\.0\.1:\d+": somebody listens there already$/);
    return true;
  });
});

Deno.test("serve() refuses an address that other machines reach, unless it is told to", async () => {
  for (const listen of ["0.0.0.0:0", "[::]:0", "192.0.2.1:5080", "lb.example.com:5080"]) {
    await assert.rejects(() => serve({ client, listen }), NonLoopbackListener);
  }
  await using server = await serve({ client, listen: "0.0.0.0:0", insecure: true });
  assert.ok(server.address.transport === "tcp");
  const { port } = server.address;
  const ask = async (host: string) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    return (await new Response(connection.readable).text()).slice(0, 12);
  };
  assert.equal(await ask("10.1.2.3"), "HTTP/1.1 200");
  assert.equal(await ask("rebound.example.com"), "HTTP/1.1 421");
});

Deno.test("RunningServer.stop() does not wait for idle connections, and can be called twice", async () => {
  const server = await serve({ client, listen: "127.0.0.1:0", drainMs: 60_000 });
  assert.ok(server.address.transport === "tcp");
  using idle = await Deno.connect({ hostname: "127.0.0.1", port: server.address.port });
  await idle.write(new TextEncoder().encode("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await idle.read(new Uint8Array(4096));
  await Promise.all([server.stop(), server.stop()]);
  await server.finished;
  await assert.rejects(() => fetch(url(server, "/healthz")), TypeError);
});

testEachHaproxy("RunningServer.stop() lets a drain that is under way finish", REALISTIC, async (haproxy) => {
  await using real = new Client(haproxy.socketPath);
  await using session = await openSession(haproxy.port("tcp"), haproxy.port("s1"));
  const server = await serve({ client: real, listen: "127.0.0.1:0", drainMs: 60_000 });
  const draining = fetch(url(server, "/api/v1/backends/be_tcp/servers/s1/drain"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ timeout_ms: 30_000 }),
  });
  await untilDraining(real);
  const stopped = server.stop();
  session.end();
  const response = await draining;
  const { drained } = await response.json();
  assert.deepEqual([response.status, drained], [200, true]);
  await stopped;
});

testEachHaproxy("RunningServer.stop() answers 503 to what outlives its time", REALISTIC, async (haproxy) => {
  await using real = new Client(haproxy.socketPath);
  await using _session = await openSession(haproxy.port("tcp"), haproxy.port("s1"));
  const server = await serve({ client: real, listen: "127.0.0.1:0", drainMs: 20 });
  const draining = fetch(url(server, "/api/v1/backends/be_tcp/servers/s1/drain"), { method: "POST" });
  await untilDraining(real);
  await server.stop();
  const response = await draining;
  assert.deepEqual([response.status, (await response.json()).error.code], [503, "server_stopping"]);
});

/** Waits until HAProxy has taken the drain's first command. */
async function untilDraining(real: Client): Promise<void> {
  for (;;) {
    const { servers: [server] } = await real.getServersState("be_tcp");
    if (server?.admin_states.includes("forced_drain")) return;
  }
}
