import assert from "node:assert/strict";
import { createServer, TLSSocket } from "node:tls";
import { CheckFailed, TargetRefused } from "../../../lib/agent/errors.ts";
import { connectTarget, type TlsOptions } from "../../../lib/agent/target/connect.ts";
import { TargetGuard } from "../../../lib/agent/target/guard.ts";
import { checkContext, closedPort, forever, rawPeer } from "./peers.ts";

const CERTIFICATES = new URL("../../peers/certificates/", import.meta.url);
const CA = await Deno.readTextFile(new URL("ca.pem", CERTIFICATES));
const PAIR = await Deno.readTextFile(new URL("ec.pem", CERTIFICATES));
const CLIENT_CA = await Deno.readTextFile(new URL("certificates/client_ca.pem", import.meta.url));
const CLIENT = await Deno.readTextFile(new URL("certificates/client.pem", import.meta.url));

/** A TLS server for happi.test, *.happi.test and 127.0.0.1 that says what name it was asked for. */
async function tlsPeer(wantsClient = false): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer({
    key: PAIR,
    cert: PAIR,
    ca: CLIENT_CA,
    requestCert: wantsClient,
    rejectUnauthorized: wantsClient,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  server.on("secureConnection", (socket) => {
    socket.on("error", () => {});
    socket.end("hello");
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** All that the other side says until it ends. */
async function readAll(socket: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += new TextDecoder().decode(chunk);
  return text;
}

/** Names that lead to this machine. */
const here = checkContext({ guard: new TargetGuard({}, () => Promise.resolve(["127.0.0.1"])) });

Deno.test("connectTarget() connects to the address that the guard has looked at", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const socket = await connectTarget({ host: "name.example", port: listener.addr.port }, here, forever());
  using connection = await accepted;
  assert.equal(connection.localAddr.transport, "tcp");
  assert.equal(socket.remoteAddress, "127.0.0.1");
  socket.destroy();
});

Deno.test("connectTarget() tries every address of a name", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const guard = new TargetGuard({}, () => Promise.resolve(["::1", "127.0.0.2", "127.0.0.1"]));
  const socket = await connectTarget(
    { host: "many.example", port: listener.addr.port },
    checkContext({ guard }),
    forever(),
  );
  using _connection = await accepted;
  assert.equal(socket.remoteAddress, "127.0.0.1");
  socket.destroy();
});

Deno.test("connectTarget() connects to nothing that the guard refuses", async () => {
  const context = checkContext({ guard: new TargetGuard({}, () => Promise.resolve(["169.254.169.254"])) });
  await assert.rejects(connectTarget({ host: "evil.example", port: 80 }, context, forever()), TargetRefused);
});

Deno.test("connectTarget() says why there is no connection", async () => {
  const port = closedPort();
  for (const [host, shown] of [["127.0.0.1", "127.0.0.1"], ["::1", "[::1]"], ["[::1]", "[::1]"]] as const) {
    await assert.rejects(connectTarget({ host, port }, here, forever()), {
      name: "CheckFailed",
      message: `Cannot connect to "${shown}:${port}": connection refused`,
    });
  }
});

Deno.test("connectTarget() gives up with its signal, before and while it connects", async () => {
  using peer = await rawPeer("", "stall");
  await assert.rejects(connectTarget({ host: "127.0.0.1", port: peer.port }, here, AbortSignal.abort()), CheckFailed);
  // A server that accepts and says nothing is one whose TLS handshake never ends.
  const controller = new AbortController();
  const guard = new TargetGuard({}, () => Promise.resolve(["127.0.0.1"]));
  const connecting = connectTarget(
    { host: "x.example", port: peer.port, tls: {} },
    { guard, origin: "wire" },
    controller.signal,
  );
  queueMicrotask(() => controller.abort());
  await assert.rejects(connecting, /no connection in time$|not resolved in time$/);
});

Deno.test("connectTarget() destroys an open connection when its signal is aborted", async () => {
  using peer = await rawPeer("", "stall");
  const controller = new AbortController();
  const socket = await connectTarget({ host: "127.0.0.1", port: peer.port }, here, controller.signal);
  socket.write("hello");
  controller.abort();
  await peer.clientGone;
  assert.equal(socket.destroyed, true);
});

Deno.test("connectTarget() survives a connection that breaks when nobody listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const socket = await connectTarget({ host: "127.0.0.1", port: listener.addr.port }, here, forever());
  const closed = new Promise((resolve) => socket.once("close", resolve));
  (await accepted).close();
  socket.destroy(new Error("broken"));
  await closed;
});

/** TLS options, and what comes of them with a server whose certificate is for happi.test and 127.0.0.1. */
const TLS: readonly (readonly [host: string, tls: TlsOptions, works: boolean])[] = [
  ["happi.test", { ca: CA }, true],
  ["HAPPI.test.", { ca: CA }, true],
  ["a.happi.test", { ca: CA }, true],
  ["127.0.0.1", { ca: CA }, true],
  ["other.example", { ca: CA }, false],
  ["127.0.0.2", { ca: CA }, false],
  ["other.example", { ca: CA, sni: "happi.test" }, true],
  ["happi.test", { ca: CA, sni: "other.example" }, false],
  ["happi.test", {}, false],
  ["happi.test", { insecure: true }, true],
  ["other.example", { insecure: true }, true],
];

for (const [host, tls, works] of TLS) {
  const { ca, ...shown } = tls;
  const what = `${host} with ${JSON.stringify({ ...shown, ...(ca === undefined ? {} : { ca: "ours" }) })}`;
  Deno.test(`connectTarget() ${works ? "speaks TLS" : "refuses the certificate"}: ${what}`, async () => {
    await using peer = await tlsPeer();
    const guard = new TargetGuard({}, () => Promise.resolve(["127.0.0.1"]));
    const connecting = connectTarget({ host, port: peer.port, tls }, { guard, origin: "wire" }, forever());
    if (!works) return await assert.rejects(connecting, CheckFailed);
    assert.equal(await readAll(await connecting), "hello");
  });
}

Deno.test("connectTarget() offers protocols and shows a certificate", async () => {
  await using peer = await tlsPeer(true);
  const connect = (tls: TlsOptions) => connectTarget({ host: "happi.test", port: peer.port, tls }, here, forever());
  const socket = await connect({ ca: CA, cert: CLIENT, key: CLIENT, alpn: ["h2"] });
  assert.ok(socket instanceof TLSSocket);
  assert.equal(socket.alpnProtocol, "h2");
  assert.equal(await readAll(socket), "hello");
  // With TLS 1.3 the refusal comes after the handshake.
  await assert.rejects(async () => await readAll(await connect({ ca: CA })));
});

Deno.test("connectTarget() says so when the other side does not speak TLS", async () => {
  using peer = await rawPeer("220 mail.example ESMTP\r\n", "close");
  await assert.rejects(
    connectTarget({ host: "127.0.0.1", port: peer.port, tls: { insecure: true } }, here, forever()),
    { message: `Cannot connect to "127.0.0.1:${peer.port}": it does not speak TLS` },
  );
});
