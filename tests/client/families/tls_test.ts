/** Ticket keys, providers, OCSP: TLS beside certificates. */

import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotFound } from "../../../lib/client/errors.ts";
import { changeWithSecret } from "../../../lib/client/families/secret.ts";
import { HappiError } from "../../../lib/errors.ts";
import { cli, CommandForbidden, CommandRefused, ConnectionLost } from "../../../lib/socket/mod.ts";
import type { LaunchContext, LaunchOptions } from "../../../scripts/haproxy/launch.ts";
import { realisticConfig, realisticFiles } from "../../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { RecordingCaller } from "./recording.ts";

/** A ticket key of 48 bytes, all the same. */
const key = (byte: number) => new Uint8Array(48).fill(byte).toBase64();

/** The realistic configuration, and a frontend with ticket keys. */
const WITH_TICKETS = {
  config: (context: LaunchContext) =>
    `${realisticConfig(context)}
frontend fe_tickets
  bind 127.0.0.1:${context.port("tickets")} ssl crt ${context.file("site.pem")} tls-ticket-keys ${
      context.file("tickets")
    }
  default_backend be_web
`,
  files: (context: LaunchContext) => ({
    ...realisticFiles(context),
    tickets: `${[1, 2, 3].map(key).join("\n")}\n`,
  }),
} satisfies LaunchOptions;

testEachHaproxy("setTlsKey() rotates the ticket keys of a file", WITH_TICKETS, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const filename = haproxy.file("tickets");
  const [file] = await client.getTlsKeyFiles();
  assert.equal(file?.filename, filename);
  assert.deepEqual((await client.getTlsKeys(filename)).map((one) => one.keys), [[1, 2, 3].map(key)]);

  assert.match(await client.setTlsKey(`#${file?.id}`, key(4)), /updated/);
  const [after] = await client.getTlsKeys();
  assert.deepEqual(after?.keys.toSorted(), [2, 3, 4].map(key).toSorted());
});

testEachHaproxy("setTlsKey() tells no key when HAProxy refuses it", WITH_TICKETS, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const short = new Uint8Array(10).fill(7).toBase64();
  for (const file of [haproxy.file("tickets"), haproxy.file("nope")]) {
    const thrown = await client.setTlsKey(file, short).then(() => undefined, (error: unknown) => error);
    assert.ok(thrown instanceof HappiError, String(thrown));
    assert.ok(!`${Deno.inspect(thrown, { depth: 9 })}${thrown.stack}`.includes(short));
  }
  await assert.rejects(() => client.setTlsKey(haproxy.file("nope"), short), NotFound);
  await assert.rejects(() => client.getTlsKeys(haproxy.file("nope")), NotFound);
});

testEachHaproxy("providers and OCSP responses can be read", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  assert.ok((await client.getSslProviders()).includes("default"));
  assert.deepEqual(await client.getOcspResponses(), []);
  await assert.rejects(() => client.getOcspResponse("abcd"), NotFound);
  await assert.rejects(() => client.setOcspResponse("AAAA"), CommandRefused);
  const site = haproxy.file("site.pem");
  if (haproxy.build.version === "2.6") {
    for (
      const reading of [
        () => client.getOcspUpdates(),
        () => client.updateOcspResponse(site),
        () => client.getOcspResponse(site),
      ]
    ) await assert.rejects(reading, { name: "UnsupportedCommand", since: "2.8" });
    return;
  }
  assert.deepEqual(await client.getOcspUpdates(), []);
  await assert.rejects(() => client.updateOcspResponse(site), /already have a known OCSP response/);
  await assert.rejects(() => client.getOcspResponse(site), NotFound);
});

testEachHaproxy("ACME can be asked since 3.2", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  if (["2.6", "3.0"].includes(haproxy.build.version)) {
    await assert.rejects(() => client.getAcmeStatus(), { name: "UnsupportedCommand", since: "3.2" });
    await assert.rejects(() => client.renewAcme("x.pem"), { name: "UnsupportedCommand", since: "3.2" });
    return;
  }
  assert.deepEqual(await client.getAcmeStatus(), []);
  await assert.rejects(() => client.renewAcme("x.pem"), NotFound);
});

Deno.test("changeWithSecret() keeps class and words of a refusal, without the secret", async () => {
  for (const Kind of [CommandRefused, CommandForbidden]) {
    const caller = new RecordingCaller({ "set key": new Kind("set key a\\ b", "Cannot use a b.") });
    const thrown = await changeWithSecret(caller, cli`set key ${"a b"}`, "a b").then(() => undefined, (error) => error);
    assert.ok(thrown instanceof Kind);
    assert.deepEqual([thrown.command, thrown.answer], ["set key ***", "Cannot use ***."]);
  }
});

Deno.test("changeWithSecret() keeps the code of other errors, and says nothing where the secret may be cut", async () => {
  for (const secret of ["k".repeat(200), "kkk"]) {
    const lost = new ConnectionLost("/run/x.sock", `set key ${secret}`, "", "it ended");
    const caller = new RecordingCaller({ "set key": lost });
    const thrown = await changeWithSecret(caller, cli`set key ${secret}`, secret).then(
      () => undefined,
      (error) => error,
    );
    assert.ok(thrown instanceof HappiError && thrown.code === "connection_lost");
    assert.ok(!Deno.inspect(thrown).includes("kkk"));
  }
});

Deno.test("changeWithSecret() tells the socket what its trace must not tell", async () => {
  const caller = new RecordingCaller();
  assert.equal(await changeWithSecret(caller, cli`set dynamic-cookie-key backend b ${"x y"}`, "x y"), "");
  assert.deepEqual(caller.sent.map((one) => one.options), [{ secret: "x y" }]);
});
