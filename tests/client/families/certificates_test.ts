import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import {
  InvalidArgument,
  NotApplied,
  NotFound,
  TransactionOpen,
  UnsupportedCommand,
} from "../../../lib/client/errors.ts";
import { leafFingerprint } from "../../../lib/client/families/pem.ts";
import { CommandRefused } from "../../../lib/socket/mod.ts";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { testCertificate } from "../../../scripts/haproxy/realistic.ts";
import { certificate, keyLines, mismatched } from "../../peers/certificates.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

const EMPTY_LIST = "# filename\nsite.pem\n\n";

/** Whether somebody who trusts only the CA of the tests takes the certificate that is served. */
async function isTrusted(haproxy: RunningHaproxy): Promise<boolean> {
  try {
    using connection = await Deno.connectTls({
      hostname: "127.0.0.1",
      port: haproxy.port("tls"),
      caCerts: [certificate("ca")],
    });
    await connection.handshake();
    return true;
  } catch (thrown) {
    assert.ok(thrown instanceof Deno.errors.InvalidData, String(thrown));
    return false;
  }
}

testEachHaproxy("replaceCertificate() changes what a TLS client is served", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const site = haproxy.file("site.pem");
  assert.equal(await isTrusted(haproxy), false);

  const ec = await client.replaceCertificate(site, certificate("ec"));
  assert.deepEqual([ec.serial, ec.key_type, ec.status], ["1001", "EC", "Used"]);
  assert.equal(await isTrusted(haproxy), true);

  // Blank lines in front, between and behind, and CRLF: before 2.9 the first of them would end the payload.
  const rsa = await client.replaceCertificate(site, `\r\n${certificate("rsa").replaceAll("\n", "\r\n\r\n")}`);
  assert.deepEqual([rsa.serial, rsa.key_type], ["1002", "RSA"]);
  assert.equal(await isTrusted(haproxy), true);

  assert.equal((await client.replaceCertificate(site, testCertificate())).serial, "01");
  assert.equal(await isTrusted(haproxy), false);
  assert.deepEqual((await client.getCertificates()).transactions, []);
});

testEachHaproxy(
  "replaceCertificate() leaves nothing open and tells no key when the key does not match",
  REALISTIC,
  async (haproxy) => {
    const trace: string[] = [];
    await using client = new Client(haproxy.socketPath, { trace: (line) => trace.push(line) });
    const site = haproxy.file("site.pem");
    const before = await client.getCertificate(site);
    const thrown = await client.replaceCertificate(site, mismatched()).then(() => undefined, (error: unknown) => error);
    assert.ok(thrown instanceof CommandRefused, String(thrown));
    assert.match(thrown.answer, /inconsistencies between private key and certificate/);

    assert.deepEqual(await client.getCertificates(), { transactions: [], files: [site] });
    assert.deepEqual(await client.getCertificate(site), before);
    const told = [...trace, Deno.inspect(thrown, { depth: 9 }), thrown.stack ?? "", haproxy.log()].join("\n");
    assert.ok(keyLines(mismatched()).length >= 3);
    for (const line of keyLines(mismatched())) assert.ok(!told.includes(line), "a line of the key was told");
  },
);

testEachHaproxy(
  "replaceCertificate() and setCertificate() leave another certificate's transaction alone",
  REALISTIC,
  async (haproxy) => {
    await using client = new Client(haproxy.socketPath);
    const site = haproxy.file("site.pem");
    const other = haproxy.file("other.pem");
    await client.addCertificate(other, certificate("ec"));
    await client.setCertificate(other, certificate("rsa"));
    const pending = await client.getCertificate(other, { pending: true });
    assert.deepEqual([pending.is_transaction, pending.serial], [true, "1002"]);

    const change = { name: "TransactionOpen", pending: other };
    await assert.rejects(() => client.replaceCertificate(site, certificate("rsa")), change);
    await assert.rejects(() => client.setCertificate(site, certificate("ec")), change);
    await assert.rejects(() => client.setCertificate(`${site}.issuer`, certificate("ca")), change);
    await assert.rejects(() => client.addCertificate(haproxy.file("third.pem"), certificate("ec")), change);
    assert.deepEqual((await client.getCertificates()).files, [other, site]);
    assert.equal((await client.getCertificate(other, { pending: true })).serial, "1002");

    assert.match(await client.setCertificate(`${other}.issuer`, certificate("ca")), /updated/);
    assert.match(await client.commitCertificate(other), /Success!$/);
    assert.equal((await client.getCertificate(other)).serial, "1002");
  },
);

testEachHaproxy("a certificate's transaction can be made by hand, and thrown away", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const fresh = haproxy.file("fresh.pem");
  assert.match(await client.newCertificate(fresh), /New empty certificate store/);
  await assert.rejects(() => client.newCertificate(fresh), /already exists/);
  assert.equal((await client.getCertificate(fresh)).status, "Empty");
  await client.setCertificate(fresh, certificate("ec"));
  assert.match(await client.abortCertificate(fresh), /aborted/);
  await assert.rejects(() => client.commitCertificate(fresh), CommandRefused);
  await assert.rejects(() => client.abortCertificate(fresh), CommandRefused);
  assert.match(await client.delCertificate(fresh), /deleted/);
  await assert.rejects(() => client.delCertificate(fresh), NotFound);
  await assert.rejects(() => client.getCertificate(fresh), NotFound);
  await assert.rejects(() => client.replaceCertificate(fresh, certificate("ec")), NotFound);
  assert.deepEqual((await client.getCertificates()).transactions, []);
});

testEachHaproxy("addCertificate() leaves nothing behind when the PEM cannot be used", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await assert.rejects(() => client.addCertificate(haproxy.file("bad.pem"), mismatched()), CommandRefused);
  assert.deepEqual(await client.getCertificates(), { transactions: [], files: [haproxy.file("site.pem")] });
  await assert.rejects(() => client.addCertificate(haproxy.file("site.pem"), certificate("ec")), /already exists/);
  assert.equal((await client.getCertificate(haproxy.file("site.pem"))).serial, "01");
});

testEachHaproxy("replaceCertificate() works through the master", { ...REALISTIC, master: true }, async (haproxy) => {
  await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
  const site = haproxy.file("site.pem");
  assert.equal((await client.replaceCertificate(site, certificate("ec"))).serial, "1001");
  await assert.rejects(() => client.replaceCertificate(site, mismatched()), CommandRefused);
  assert.deepEqual(await client.getCertificates(), { transactions: [], files: [site] });
  assert.deepEqual((await client.getCertificateExpiry()).map((one) => one.filename), [site]);
});

testEachHaproxy("replaceCertificate() leaves nothing open when the PEM is too large", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const site = haproxy.file("site.pem");
  const tooLarge = certificate("rsa") + certificate("ca").repeat(40);
  await assert.rejects(() => client.replaceCertificate(site, tooLarge), /bufsize/);
  assert.deepEqual(await client.getCertificates(), { transactions: [], files: [site] });
  assert.equal((await client.getCertificate(site)).serial, "01");
});

testEachHaproxy("certificates want more than the level user", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("user.sock"));
  await assert.rejects(() => client.getCertificates(), { name: "CommandForbidden" });
  await assert.rejects(() => client.newCertificate("x.pem"), { name: "CommandForbidden" });
});

testEachHaproxy("dumpCertificate() gives key and certificate since 3.1", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const site = haproxy.file("site.pem");
  const dump = client.dumpCertificate(site);
  if (["2.6", "3.0"].includes(haproxy.build.version)) {
    await assert.rejects(dump, (thrown) => thrown instanceof UnsupportedCommand && thrown.since === "3.1");
    return;
  }
  const pem = await dump;
  assert.equal((await client.replaceCertificate(site, pem)).serial, "01");
});

Deno.test("replaceCertificate() sends set and commit, and looks before and after", async () => {
  const caller = new RecordingCaller({
    "show ssl cert": EMPTY_LIST,
    "show ssl cert site.pem": `Filename: site.pem\nStatus: Used\nSHA1 FingerPrint: ${await leafFingerprint(
      certificate("rsa"),
    )}\n`,
    "set ssl cert": "Transaction created for certificate site.pem!\n",
    "commit ssl cert": "Committing site.pem.\nSuccess!\n",
  });
  await call(caller, "replaceCertificate", "site.pem", certificate("rsa"));
  assert.deepEqual(caller.commands, [
    "show ssl cert",
    "set ssl cert site.pem",
    "commit ssl cert site.pem",
    "show ssl cert site.pem",
  ]);
  assert.equal(caller.sent[1]?.options.payload, certificate("rsa"));
});

Deno.test("replaceCertificate() is not content when another certificate is served afterwards", async () => {
  const caller = new RecordingCaller({
    "show ssl cert": EMPTY_LIST,
    "show ssl cert site.pem": "Filename: site.pem\nStatus: Used\nSHA1 FingerPrint: 00\n",
    "set ssl cert": "Transaction created for certificate site.pem!\n",
    "commit ssl cert": "Committing site.pem.\nSuccess!\n",
  });
  await assert.rejects(() => call(caller, "replaceCertificate", "site.pem", certificate("rsa")), NotApplied);
});

Deno.test("replaceCertificate() starts anew when a transaction of the same file was left open", async () => {
  const caller = new RecordingCaller({
    "show ssl cert": "# transaction\n*site.pem\n# filename\nsite.pem\n\n",
    "abort ssl cert": "Transaction aborted for certificate 'site.pem'!\n",
    "set ssl cert": "unable to load certificate from file 'site.pem': no start line.\nCan't load the payload\n",
  });
  await assert.rejects(() => call(caller, "replaceCertificate", "site.pem", certificate("rsa")), CommandRefused);
  assert.deepEqual(caller.commands, [
    "show ssl cert",
    "abort ssl cert site.pem",
    "set ssl cert site.pem",
    "abort ssl cert site.pem",
  ]);
});

Deno.test("replaceCertificate() aborts when HAProxy says that it changed another file", async () => {
  const caller = new RecordingCaller({
    "show ssl cert": EMPTY_LIST,
    "set ssl cert": "Transaction updated for certificate other.pem!\n",
  });
  await assert.rejects(
    () => call(caller, "replaceCertificate", "site.pem", certificate("rsa")),
    /changed the transaction of another file/,
  );
  assert.ok(!caller.commands.some((line) => line.startsWith("commit")));
});

const FAULTY: readonly (readonly [what: string, pem: string])[] = [
  ["no PEM", "hello"],
  ["a key alone", `-----BEGIN PRIVATE KEY-----${certificate("ec").split("-----BEGIN PRIVATE KEY-----")[1]}`],
  ["a key that is cut", certificate("ec").slice(0, -40)],
  ["a key that is encrypted", certificate("ec").replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")],
  ["a line that is no base64", certificate("ec").replace("MII", "quit;MII")],
];

for (const [what, pem] of FAULTY) {
  Deno.test(`replaceCertificate() refuses ${what}, sends nothing and shows nothing of it`, async () => {
    const caller = new RecordingCaller();
    const thrown = await call(caller, "replaceCertificate", "site.pem", pem).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof InvalidArgument, String(thrown));
    assert.deepEqual(caller.commands, []);
    for (const line of pem.split("\n").filter((one) => one !== "")) assert.ok(!thrown.message.includes(line), line);
  });
}

Deno.test("TransactionOpen names both files", () => {
  const thrown = new TransactionOpen("cert", "a.pem", "b.pem");
  assert.match(thrown.message, /^Cannot change cert "a\.pem": a transaction of "b\.pem" is open/);
});
