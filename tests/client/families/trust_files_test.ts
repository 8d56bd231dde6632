/** CA files and CRL files: what the two families share. */

import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotFound, UnsupportedCommand } from "../../../lib/client/errors.ts";
import { CommandRefused } from "../../../lib/socket/mod.ts";
import { realisticConfig, realisticFiles } from "../../../scripts/haproxy/realistic.ts";
import type { LaunchContext, LaunchOptions } from "../../../scripts/haproxy/launch.ts";
import { certificate } from "../../peers/certificates.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";

/** The realistic configuration, and a frontend that looks at the certificates of its clients. */
const VERIFYING = {
  config: (context: LaunchContext) =>
    `${realisticConfig(context)}
frontend fe_verify
  bind 127.0.0.1:${context.port("verify")} ssl crt ${context.file("site.pem")} ca-file ${context.file("ca.pem")} ` +
    `crl-file ${context.file("crl.pem")} verify optional
  default_backend be_web
`,
  files: (context: LaunchContext) => ({
    ...realisticFiles(context),
    "ca.pem": certificate("ca"),
    "crl.pem": certificate("crl"),
  }),
} satisfies LaunchOptions;

/** Only the certificate of a file with its key. */
const leaf = certificate("ec").split("-----BEGIN PRIVATE KEY-----")[0] ?? "";

testEachHaproxy("replaceCaFile() changes which CAs are trusted", VERIFYING, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const ca = haproxy.file("ca.pem");
  assert.deepEqual((await client.getCaFiles()).files.find((one) => one.filename === ca), {
    filename: ca,
    certificates: 1,
  });
  assert.equal((await client.getCaFile(ca)).certificates[0]?.serial, "1000");

  const replaced = await client.replaceCaFile(ca, `${certificate("ca")}\n\n${leaf}`);
  assert.deepEqual(replaced.certificates.map((one) => one.serial).sort(), ["1000", "1001"]);
  const one = await client.getCaFile(ca, { index: 2 });
  assert.equal(one.certificates.length, 1);
  assert.deepEqual((await client.getCaFiles()).transactions, []);

  await assert.rejects(() => client.replaceCaFile(haproxy.file("nope.pem"), certificate("ca")), NotFound);
  await assert.rejects(() => client.getCaFile(haproxy.file("nope.pem")), NotFound);
});

testEachHaproxy("a CA file's transaction is one for all, and adds since 2.7", VERIFYING, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const ca = haproxy.file("ca.pem");
  const fresh = haproxy.file("fresh_ca.pem");
  assert.match(await client.newCaFile(fresh), /New CA file created/);
  await client.setCaFile(fresh, certificate("ca"));
  const open = { name: "TransactionOpen", pending: fresh };
  await assert.rejects(() => client.setCaFile(ca, leaf), open);
  await assert.rejects(() => client.replaceCaFile(ca, leaf), open);
  await assert.rejects(() => client.addToCaFile(ca, leaf), open);
  const adding = client.addToCaFile(fresh, leaf);
  if (haproxy.build.version === "2.6") {
    await assert.rejects(adding, (thrown) => thrown instanceof UnsupportedCommand && thrown.since === "2.7");
  } else {
    assert.match(await adding, /updated/);
    assert.equal((await client.getCaFile(fresh, { pending: true })).certificates.length, 2);
  }
  assert.match(await client.abortCaFile(fresh), /aborted/);
  await client.setCaFile(fresh, certificate("ca"));
  assert.match(await client.commitCaFile(fresh), /Success!$/);
  assert.match(await client.delCaFile(fresh), /deleted/);
  await assert.rejects(() => client.delCaFile(ca), CommandRefused);
});

testEachHaproxy("CRL files can be read, replaced, made by hand and removed", VERIFYING, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const crl = haproxy.file("crl.pem");
  assert.deepEqual(await client.getCrlFiles(), { transactions: [], files: [crl] });
  const { lists } = await client.getCrlFile(crl);
  assert.deepEqual(lists[0]?.revoked.map((one) => one.serial_number), ["2001"]);

  const fresh = haproxy.file("fresh_crl.pem");
  assert.match(await client.newCrlFile(fresh), /New CRL file created/);
  await client.setCrlFile(fresh, certificate("crl"));
  await assert.rejects(() => client.replaceCrlFile(crl, certificate("crl")), { pending: fresh });
  await assert.rejects(() => client.setCrlFile(crl, certificate("crl")), { pending: fresh });
  assert.match(await client.abortCrlFile(fresh), /aborted/);
  const replaced = await client.replaceCrlFile(fresh, certificate("crl"));
  assert.deepEqual(replaced.lists.map((one) => one.index), [1]);
  assert.equal((await client.getCrlFile(fresh, { index: 1 })).lists[0]?.next_update, "2120-01-01T00:00:00Z");
  await client.setCrlFile(fresh, certificate("crl"));
  assert.equal((await client.getCrlFile(fresh, { pending: true })).is_transaction, true);
  assert.match(await client.commitCrlFile(fresh), /Success!$/);
  assert.match(await client.delCrlFile(fresh), /deleted/);
  await assert.rejects(() => client.getCrlFile(fresh), NotFound);
});
