import assert from "node:assert/strict";
import { GRPC } from "../../../lib/agent/checks/grpc.ts";
import { certificate } from "../../peers/certificates.ts";
import type { LaunchOptions } from "../../../scripts/haproxy/launch.ts";
import { startGrpc } from "../../peers/grpc.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { checkContext, closedPort, forever, httpPeer, rawPeer } from "../target/peers.ts";

async function run(port: number, options: Record<string, unknown> = {}, signal = forever()) {
  return await GRPC.make({ address: `127.0.0.1:${port}`, ...options }, checkContext({ origin: "config" })).run(signal);
}

Deno.test("grpc is up on SERVING, down on NOT_SERVING and fails on everything else", async () => {
  using server = await startGrpc({ "": 1, "shop.Cart": 2, "shop.New": 0, "shop.Odd": 3, "shop.Future": 9 });
  const said = async (service?: string) => {
    const { reply, reason } = await run(server.port, service === undefined ? {} : { service });
    return [reply.health, reason];
  };
  assert.deepEqual(await said(), ["up", ""]);
  assert.deepEqual(await said("shop.Cart"), ["down", "the service is NOT_SERVING"]);
  assert.deepEqual(await said("shop.New"), ["fail", "the service is UNKNOWN"]);
  assert.deepEqual(await said("shop.Odd"), ["fail", "the service is SERVICE_UNKNOWN"]);
  assert.deepEqual(await said("shop.Future"), ["fail", "the answer is not one of gRPC's health protocol"]);
});

Deno.test("grpc says what an error of the call means", async () => {
  using server = await startGrpc({ "": 1 });
  const unknown = await run(server.port, { service: "shop.Gone" });
  assert.deepEqual(unknown.reply, { health: "fail" });
  assert.equal(unknown.reason, 'the server does not know the service: NOT_FOUND "unknown service – sorry"');
  assert.deepEqual(unknown.facts, { grpc_status: "NOT_FOUND", serving_status: null });
  using plain = await startGrpc(undefined);
  assert.match((await run(plain.port)).reason, /^the server does not have gRPC's health protocol: UNIMPLEMENTED/);
});

Deno.test("grpc fails where nobody listens, and where something else does", async () => {
  await assert.rejects(run(closedPort()), { code: "check_failed", message: /connection refused/ });
  await using web = httpPeer(() => new Response("fine"));
  await assert.rejects(run(web.port), {
    code: "check_failed",
    message: "the other side does not speak gRPC: HTTP status 200",
  });
  using mail = await rawPeer("220 mail ESMTP\r\n", "close");
  await assert.rejects(run(mail.port), { code: "check_failed" });
});

Deno.test("grpc ends with its signal and leaves no connection behind", async () => {
  using silent = await rawPeer("", "stall");
  await assert.rejects(run(silent.port, {}, AbortSignal.timeout(50)), {
    code: "check_failed",
    message: "there was no answer in time",
  });
  await silent.clientGone;
});

Deno.test("grpc refuses what is no service", () => {
  const make = () => GRPC.make({ address: "127.0.0.1:1", service: "a b" }, checkContext({ origin: "wire" }));
  assert.throws(make, { code: "invalid_check" });
});

// HAProxy does the TLS that grpc-js' server cannot do on Deno.
const TLS_IN_FRONT: LaunchOptions = {
  config: (context) => `
defaults
  mode tcp
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen grpc
  bind 127.0.0.1:${context.port("tls")} ssl crt ${context.file("server.pem")} alpn h2
  server grpc 127.0.0.1:${context.port("grpc")}
`,
  files: { "server.pem": certificate("ec"), "ca.pem": certificate("ca") },
};

testEachHaproxy("grpc speaks TLS", TLS_IN_FRONT, async (haproxy) => {
  using _server = await startGrpc({ "": 1 }, haproxy.port("grpc"));
  const port = haproxy.port("tls");
  const caFile = haproxy.file("ca.pem");
  assert.equal((await run(port, { tls: true, caFile })).reply.health, "up");
  assert.equal((await run(port, { tls: true, caFile, serverName: "happi.test" })).reply.health, "up");
  assert.equal((await run(port, { tls: true, insecure: true, serverName: "other.example" })).reply.health, "up");
  await assert.rejects(run(port, { tls: true }), { code: "check_failed" });
});
