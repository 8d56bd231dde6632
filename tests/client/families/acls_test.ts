import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "../../../lib/client/client.ts";
import { InvalidArgument, NotFound } from "../../../lib/client/errors.ts";
import type { LaunchContext } from "../../../scripts/haproxy/launch.ts";
import { realisticConfig, realisticFiles } from "../../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

/** With an ACL of addresses, which refuses other patterns. */
const ADDRESSES = {
  config: (context: LaunchContext) =>
    realisticConfig(context).replace(
      "frontend fe_tcp\n",
      `frontend fe_tcp\n  tcp-request connection reject if { src -f ${context.file("nets.acl")} }\n`,
    ),
  files: (context: LaunchContext) => ({ ...realisticFiles(context), "nets.acl": "10.0.0.0/8\n" }),
};

testEachHaproxy("ACL methods read and change patterns, and traffic obeys", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const acl = haproxy.file("deny.acl");
  const patterns = async () => (await client.getAcl(acl)).map(({ pattern }) => pattern).sort();
  const status = async (who: string) => {
    const response = await fetch(`http://127.0.0.1:${haproxy.port("status")}/alive`, { headers: { "x-client": who } });
    await response.text();
    const denied = await fetch(`http://127.0.0.1:${haproxy.port("web")}/`, { headers: { "x-client": who } });
    await denied.text();
    return [response.status, denied.status === 403];
  };
  assert.equal((await client.getAcls()).find((one) => one.file === acl)?.entry_cnt, 2);
  assert.deepEqual(await patterns(), ["bad-client", "worse-client"]);
  await client.addAclEntry(acl, "worst client; ever");
  assert.deepEqual(await status("worst client; ever"), [200, true]);
  const [match] = await client.getAclEntry(acl, "worst client; ever");
  assert.deepEqual([match?.found, match?.key], [true, "worst client; ever"]);
  await client.delAclEntry(acl, "worst client; ever");
  const [entry] = (await client.getAcl(acl)).filter(({ pattern }) => pattern === "bad-client");
  await client.delAclEntryById(acl, entry?.id ?? "");
  assert.deepEqual(await patterns(), ["worse-client"]);
  assert.equal((await client.getAclEntry(acl, "bad-client"))[0]?.found, false);

  const version = await client.prepareAcl(acl);
  await client.addAclEntry(acl, "next", { version });
  assert.deepEqual((await client.getAcl(acl, { version })).map(({ pattern }) => pattern), ["next"]);
  await client.commitAcl(acl, version);
  assert.deepEqual(await patterns(), ["next"]);
  await client.clearAcl(acl);
  assert.deepEqual(await patterns(), []);
});

testEachHaproxy("ACL methods say what there is not", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const acl = haproxy.file("deny.acl");
  for (
    const missing of [
      () => client.getAcl("nope"),
      () => client.getAclEntry("nope", "x"),
      () => client.addAclEntry("nope", "x"),
      () => client.addAclEntries("nope", ["x"]),
      () => client.replaceAcl("nope", ["x"]),
      () => client.delAclEntry(acl, "nope"),
      () => client.delAclEntry(acl, "#0x12"),
      () => client.delAclEntryById(acl, "0x12"),
      () => client.clearAcl("nope"),
      () => client.prepareAcl("#999"),
    ]
  ) await assert.rejects(async () => void await missing(), NotFound, String(missing));
});

testEachHaproxy("addAclEntries() and replaceAcl() deal with refused patterns", ADDRESSES, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const acl = haproxy.file("nets.acl");
  const { added, refused } = await client.addAclEntries(acl, ["::1", "nonsense"]);
  assert.deepEqual([added, refused.map(({ index }) => index)], [1, [1]]);
  const before = await client.getAcl(acl);
  await assert.rejects(() => client.replaceAcl(acl, ["192.0.2.0/24", "nonsense"]), /not a valid IPv4 or IPv6 address/);
  assert.deepEqual(await client.getAcl(acl), before);
  await client.replaceAcl(acl, ["192.0.2.0/24"]);
  assert.deepEqual((await client.getAcl(acl)).map(({ pattern }) => pattern), ["192.0.2.0/24"]);
});

const pattern = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..." \t;\\#<>\"'=,@*x0é"), minLength: 1, maxLength: 12 }),
).filter((one) => one !== "" && !/[\r\n\0]/.test(one) && one.isWellFormed());

testEachHaproxy("replaceAcl() then getAcl() gives exactly the given patterns", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const acl = haproxy.file("deny.acl");
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(pattern, { maxLength: 8 }), async (patterns) => {
      await client.replaceAcl(acl, patterns);
      assert.deepEqual((await client.getAcl(acl)).map((one) => one.pattern).sort(), [...patterns].sort());
      for (const one of patterns) await client.delAclEntry(acl, one);
      assert.deepEqual(await client.getAcl(acl), []);
    }),
    { numRuns: 60, examples: [[["#0x12", "#0xzz", "#", "@1", "<<", " ", "\\", "a b"]], [["x".repeat(4096)]]] },
  );
});

Deno.test("ACL methods refuse what the CLI cannot carry, before anything is sent", async () => {
  const caller = new RecordingCaller();
  for (const bad of ["", "a\nb", "a\0b", "\ud800", 5]) {
    await assert.rejects(call(caller, "addAclEntry", "m", bad), InvalidArgument);
    await assert.rejects(call(caller, "replaceAcl", "m", ["good", bad]), InvalidArgument);
  }
  assert.deepEqual(caller.commands, []);
});
