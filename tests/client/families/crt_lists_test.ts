import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotFound } from "../../../lib/client/errors.ts";
import { CommandRefused } from "../../../lib/socket/mod.ts";
import { certificate } from "../../peers/certificates.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

testEachHaproxy("crt-lists take lines with and without options, and give them back", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const list = haproxy.file("certs.list");
  const site = haproxy.file("site.pem");
  const fresh = haproxy.file("fresh.pem");
  assert.deepEqual(await client.getCrtLists(), [list]);
  await client.addCertificate(fresh, certificate("ec"));

  assert.match(await client.addToCrtList(list, fresh), /Success!$/);
  await client.addToCrtList(list, fresh, {
    ssl: "alpn h2,http/1.1 verify none",
    filters: ["*.new.happi.test", "!old.new.happi.test"],
  });
  const { name, entries } = await client.getCrtList(list);
  assert.equal(name, list);
  assert.deepEqual(entries.map(({ line: _, ...entry }) => entry), [
    { filename: site, filters: ["happi.test", "*.happi.test"] },
    { filename: fresh, filters: [] },
    { filename: fresh, options: "alpn h2,http/1.1 verify none", filters: ["*.new.happi.test", "!old.new.happi.test"] },
  ]);

  await assert.rejects(() => client.delFromCrtList(list, fresh), /several entries/);
  for (const entry of entries.slice(1)) {
    assert.match(await client.delFromCrtList(list, fresh, entry.line), /deleted in crtlist/);
  }
  assert.deepEqual((await client.getCrtList(list)).entries.map((entry) => entry.filename), [site]);
  assert.match(await client.delCertificate(fresh), /deleted/);
});

testEachHaproxy("crt-lists say what is missing and what is wrong", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const list = haproxy.file("certs.list");
  const site = haproxy.file("site.pem");
  await assert.rejects(() => client.getCrtList(haproxy.file("nope.list")), NotFound);
  await assert.rejects(() => client.addToCrtList(haproxy.file("nope.list"), site), NotFound);
  await assert.rejects(() => client.addToCrtList(list, haproxy.file("nope.pem")), NotFound);
  await assert.rejects(() => client.addToCrtList(list, site, { ssl: "colour blue" }), CommandRefused);
  assert.equal((await client.getCrtList(list)).entries.length, 1);
});
