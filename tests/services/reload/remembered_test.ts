import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "../../../lib/client/mod.ts";
import { Remembered, type RunTimeDocument } from "../../../lib/services/reload/mod.ts";
import { MOST_ENTRIES, PATTERN_NOTES } from "../../../lib/services/reload/pattern_notes.ts";
import { readDocument } from "../../../lib/services/reload/read_document.ts";
import { memoryStore, openStore } from "../../../lib/store/mod.ts";
import { certificate } from "../../peers/certificates.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

const weight = (name: string, value: number) => ({
  kind: "server" as const,
  name,
  apply: (before: RunTimeDocument | undefined): RunTimeDocument => ({
    ...(before?.kind === "server" ? before : { kind: "server", name }),
    weight: value,
  }),
});

testEachHaproxy("Remembered keeps the latest state of each thing, by its name", REALISTIC, async (haproxy) => {
  await using remembered = await Remembered.open();
  await using plain = new Client(haproxy.socketPath);
  const client = remembered.wrap(plain).with({ timeoutMs: 5_000 });
  const [server] = (await plain.getServersState("be_web")).servers;
  const [map] = await plain.getMaps();
  assert.ok(server && map?.file);
  await client.setServerWeight("be_web/s1", 5);
  await client.setServerWeight(`#${server.be_id}/#${server.srv_id}`, 6);
  await client.drain("be_web/s1", { timeoutMs: 100, until: "maint" });
  await assert.rejects(client.setServerWeight("be_web/none", 6));
  await client.addServer("be_web/gone", "127.0.0.1:1");
  await client.delServer("be_web/gone");
  await client.addMapEntry(`#${map.id}`, "a", "1");
  await client.addMapEntry(map.file, "a", "1");
  const [added] = (await plain.getMap(map.file)).filter(({ key }) => key === "a");
  await client.setMapEntryById(map.file, added?.id ?? "", "2");
  const [other] = (await plain.getMap(map.file)).filter(({ key }) => key === "static.happi.test");
  await client.delMapEntryById(map.file, other?.id ?? "");
  await client.setGlobalMaxconn(50);
  await client.setGlobalMaxconn(0);
  assert.deepEqual(await remembered.documents(), [
    {
      ...{ kind: "map", name: map.file, base: "file" },
      ...{ entries: [["a", ["2"]]], without: ["a", "static.happi.test"] },
    },
    { kind: "server", name: "be_web/s1", weight: 6, state: "maint" },
  ]);
});

testEachHaproxy("Remembered notes what a drain has begun that its caller ended", REALISTIC, async (haproxy) => {
  await using remembered = await Remembered.open();
  await using plain = new Client(haproxy.socketPath);
  await plain.setServerState("be_tcp/s1", "ready");
  const listener = Deno.listen({ hostname: "127.0.0.1", port: haproxy.port("s1") });
  const held = await Deno.connect({ hostname: "127.0.0.1", port: haproxy.port("tcp") });
  const accepted = await listener.accept();
  const signal = AbortSignal.timeout(300);
  await assert.rejects(remembered.wrap(plain).with({ signal }).drain("be_tcp/s1"), { name: "TimeoutError" });
  for (const one of [held, accepted, listener]) one.close();
  assert.deepEqual(await remembered.documents(), [{ kind: "server", name: "be_tcp/s1", state: "drain" }]);
});

testEachHaproxy("Remembered keeps a certificate when it is committed, part by part", REALISTIC, async (haproxy) => {
  await using remembered = await Remembered.open();
  await using plain = new Client(haproxy.socketPath);
  const client = remembered.wrap(plain);
  const file = haproxy.file("site.pem");
  await client.setCertificate(file, certificate("ec"));
  await client.abortCertificate(file);
  assert.deepEqual(await remembered.documents(), []);
  await client.setCertificate(file, certificate("ec"));
  await client.commitCertificate(file);
  const [document] = await remembered.documents();
  assert.ok(document?.kind === "certificate" && document.staged === undefined);
  assert.match(document.parts[file] ?? "", /PRIVATE KEY/);
});

Deno.test("Remembered survives in a file that its owner alone may read", async () => {
  const directory = await Deno.makeTempDir();
  const pem = certificate("rsa");
  const document: RunTimeDocument = { kind: "certificate", name: "/a.pem", parts: { "/a.pem": pem } };
  {
    await using store = await openStore({ directory });
    await using remembered = await Remembered.open({ store });
    remembered.edit([{ kind: "certificate", name: "/a.pem", apply: () => document }]);
  }
  for await (const { name } of Deno.readDir(directory)) {
    assert.equal(((await Deno.stat(`${directory}/${name}`)).mode ?? 0o777) & 0o077, 0, name);
  }
  await using store = await openStore({ directory });
  await using remembered = await Remembered.open({ store });
  assert.deepEqual(await remembered.documents(), [document]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("Remembered merges what two processes note at the same time", async () => {
  await using store = memoryStore();
  await using one = await Remembered.open({ store });
  await using two = await Remembered.open({ store });
  one.edit([weight("web/s1", 1)]);
  two.edit([{
    ...{ kind: "server", name: "web/s1" },
    apply: (before) => ({
      ...(before?.kind === "server" ? before : { kind: "server", name: "web/s1" }),
      state: "maint",
    }),
  }]);
  await Promise.all([one.flush(), two.flush()]);
  const both = [{ kind: "server", name: "web/s1", weight: 1, state: "maint" }];
  assert.deepEqual([await one.documents(), await two.documents()], [both, both]);
  assert.equal(one.held("web", "s1"), "maint");
});

Deno.test("Remembered holds in memory what the store does not take, and says so once", async () => {
  const store = memoryStore();
  const troubles: string[] = [];
  const remembered = await Remembered.open({ store, onTrouble: (why) => troubles.push(why) });
  await store[Symbol.asyncDispose]();
  remembered.edit([weight("web/s1", 1)]);
  await remembered.flush();
  remembered.edit([weight("web/s1", 2)]);
  assert.deepEqual(await remembered.documents(), [{ kind: "server", name: "web/s1", weight: 2 }]);
  assert.deepEqual(troubles, ["Cannot use the store: it is closed"]);
  await remembered[Symbol.asyncDispose]();
});

Deno.test("Remembered is bounded, in things and in entries", async () => {
  const troubles: string[] = [];
  await using remembered = await Remembered.open({ maxDocuments: 2, onTrouble: (why) => troubles.push(why) });
  for (const name of ["a/1", "a/2", "a/3"]) remembered.edit([weight(name, 1)]);
  assert.equal((await remembered.documents()).length, 2);
  assert.deepEqual(troubles, ["Cannot remember server a/3: 2 things are remembered, which is the limit"]);
  const entries = Array.from({ length: MOST_ENTRIES + 1 }, (_, index) => ({ key: `k${index}`, value: "v" }));
  await using client = new Client("/run/nobody-listens-here.sock");
  const [edit] = await PATTERN_NOTES.replaceMap?.edits(["f", entries], { version: 1, entries: 1 }, [], client) ?? [];
  const document = edit?.apply(undefined);
  assert.deepEqual(document?.kind === "map" && [document.is_too_large, document.entries], [true, []]);
});

Deno.test("Remembered keeps documents of any size in pieces, and leaves none behind", async () => {
  await using store = memoryStore();
  await using remembered = await Remembered.open({ store });
  const text = fc.string({ minLength: 1, maxLength: 60 }).filter((one) => !/[\r\n\0]/.test(one));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(text, text), { maxLength: 20 }),
      fc.integer({ min: 0, max: 3 }),
      async (some, by) => {
        const filling = "x".repeat(by * 39_990);
        const entries = [...some.map(([key, value]) => [key, [value]] as const), ["filling", [filling]] as const];
        const document: RunTimeDocument = { kind: "map", name: "f", base: "empty", entries, without: [] };
        remembered.edit([{ kind: "map", name: "f", apply: () => document }]);
        await remembered.flush();
        await using other = await Remembered.open({ store });
        assert.deepEqual(await other.documents(), [document]);
        assert.ok((await store.list("services/remembered/")).entries.length <= by + 2);
      },
    ),
    { numRuns: 30 },
  );
  remembered.forget({ kind: "map", name: "f" });
  await remembered.flush();
  assert.deepEqual((await store.list("services/remembered/")).entries, []);
});

Deno.test("readDocument() takes what happi writes and nothing else", () => {
  const server = {
    kind: "server",
    name: "web/s1",
    state: "drain",
    made: { address: "10.0.0.1:80", keywords: ["check"] },
  };
  assert.deepEqual(readDocument(server), server);
  const wrong = [
    ...[null, 1, [], {}, { kind: "server" }, { ...server, name: "web" }, { ...server, state: "up" }],
    ...[{ ...server, more: 1 }, { ...server, address: "a\nb" }, { ...server, port: 70_000 }, {
      kind: "toString",
      name: "a",
    }],
    { kind: "map", name: "f", base: "file", entries: [["a", []]], without: [] },
    { kind: "limit", name: "x", method: "reload", args: [] },
  ];
  for (const one of wrong) assert.equal(readDocument(one), undefined, JSON.stringify(one));
});
