import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "../../../lib/client/client.ts";
import { InvalidArgument, NotApplied, NotFound } from "../../../lib/client/errors.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { CommandRefused } from "../../../lib/socket/mod.ts";
import type { LaunchContext } from "../../../scripts/haproxy/launch.ts";
import { realisticConfig, realisticFiles } from "../../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

/** With a map of addresses, which refuses other keys. */
const ADDRESSES = {
  config: (context: LaunchContext) =>
    realisticConfig(context).replace(
      "frontend fe_tcp\n",
      `frontend fe_tcp\n  tcp-request connection reject if { src,map_ip(${context.file("nets.map")}) -m str no }\n`,
    ),
  files: (context: LaunchContext) => ({ ...realisticFiles(context), "nets.map": "10.0.0.0/8 yes\n" }),
};

const withoutIds = (entries: readonly { key: string; value: string }[]) =>
  entries.map(({ key, value }) => ({ key, value }));

testEachHaproxy("map methods read and change entries", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  const info = (await client.getMaps()).find((one) => one.file === map);
  assert.deepEqual([info?.entry_cnt, info?.curr_ver], [2, 0]);
  assert.deepEqual(withoutIds(await client.getMap(map)), [
    { key: "static.happi.test", value: "be_static" },
    { key: "named.happi.test", value: "be_dns" },
  ]);
  assert.deepEqual(await client.getMap(`#${info?.id}`), await client.getMap(map));

  await client.addMapEntry(map, "a.test", 'be web; #1 \\ "quoted"');
  const [found] = await client.getMapEntry(map, "a.test");
  assert.deepEqual([found?.found, found?.key, found?.value], [true, "a.test", 'be web; #1 \\ "quoted"']);
  await client.setMapEntry(map, "a.test", "<<");
  assert.equal((await client.getMap(map)).find(({ key }) => key === "a.test")?.value, "<<");
  const { id = "" } = (await client.getMap(map)).find(({ key }) => key === "a.test") ?? {};
  await client.setMapEntryById(map, id, "by id");
  assert.equal((await client.getMapEntry(map, "a.test"))[0]?.value, "by id");
  await client.delMapEntryById(map, id);
  await client.delMapEntry(map, "named.happi.test");
  assert.deepEqual((await client.getMap(map)).map(({ key }) => key), ["static.happi.test"]);
  assert.equal((await client.getMapEntry(map, "a.test"))[0]?.found, false);
  await client.clearMap(map);
  assert.deepEqual(await client.getMap(map), []);
});

testEachHaproxy("prepareMap() and commitMap() put a version in force at once", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  const version = await client.prepareMap(map);
  await client.addMapEntry(map, "new.test", "be_web", { version });
  assert.deepEqual(withoutIds(await client.getMap(map, { version })), [{ key: "new.test", value: "be_web" }]);
  assert.equal((await client.getMap(map)).length, 2);
  await client.commitMap(map, version);
  assert.deepEqual(withoutIds(await client.getMap(map)), [{ key: "new.test", value: "be_web" }]);
  const other = await client.prepareMap(map);
  await client.addMapEntry(map, "x", "y", { version: other });
  await client.clearMap(map, { version: other });
  assert.deepEqual(await client.getMap(map, { version: other }), []);
  await assert.rejects(() => client.commitMap(map, 99), CommandRefused);
  await assert.rejects(() => client.addMapEntry(map, "x", "y", { version: 99 }), CommandRefused);
});

testEachHaproxy("map methods say what there is not", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  for (
    const missing of [
      () => client.getMap("nope"),
      () => client.getMap("#999"),
      () => client.getMapEntry("nope", "x"),
      () => client.addMapEntry("nope", "x", "y"),
      () => client.addMapEntries("nope", [{ key: "x", value: "y" }]),
      () => client.replaceMap("nope", []),
      () => client.setMapEntry(map, "nope", "y"),
      () => client.setMapEntry(map, "#0x12", "y"),
      () => client.setMapEntryById(map, "0x12", "y"),
      () => client.delMapEntry(map, "nope"),
      () => client.delMapEntry(map, "#0xzz"),
      () => client.delMapEntryById(map, "0x12"),
      () => client.clearMap("nope"),
      () => client.prepareMap("nope"),
    ]
  ) await assert.rejects(async () => void await missing(), NotFound, String(missing));
});

testEachHaproxy("keys that HAProxy takes for references can be set and removed", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  await client.replaceMap(map, ["#0x12", "#0x123", "#0xzz", "#1"].map((key) => ({ key, value: "old" })));
  await client.setMapEntry(map, "#0x12", "new");
  await client.delMapEntry(map, "#0xzz");
  await client.setMapEntry(map, "#1", "one");
  assert.deepEqual(withoutIds(await client.getMap(map)).sort((a, b) => a.key < b.key ? -1 : 1), [
    { key: "#0x12", value: "new" },
    { key: "#0x123", value: "old" },
    { key: "#1", value: "one" },
  ]);
  await client.setMapEntryById(
    map,
    (await client.getMap(map)).find(({ key }) => key === "#0x12")?.id ?? "",
    "two words",
  );
  await assert.rejects(() => client.delMapEntry(map, "#0x12"), InvalidArgument);
});

testEachHaproxy("addMapEntries() adds what it can and tells the rest", ADDRESSES, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("nets.map");
  const result = await client.addMapEntries(map, [
    { key: "10.1.0.0/16", value: "yes" },
    { key: "no address", value: "x" },
    { key: "::1", value: "no" },
    { key: "10.0.0.0/99", value: "x" },
  ]);
  assert.equal(result.added, 2);
  assert.deepEqual(result.refused.map(({ index }) => index), [1, 3]);
  assert.match(result.refused[0]?.reason ?? "", /not a valid IPv4 or IPv6 address/);
  assert.deepEqual((await client.getMap(map)).map(({ key }) => key).sort(), ["10.0.0.0/8", "10.1.0.0/16", "::1"]);
  assert.deepEqual(await client.addMapEntries(map, []), { added: 0, refused: [] });
});

testEachHaproxy("replaceMap() changes nothing when one entry is refused", ADDRESSES, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("nets.map");
  const before = await client.getMap(map);
  const entries = [{ key: "10.1.0.0/16", value: "yes" }, { key: "nonsense", value: "x" }];
  await assert.rejects(() => client.replaceMap(map, entries), /not a valid IPv4 or IPv6 address/);
  assert.deepEqual(await client.getMap(map), before);
  // HAProxy's own entry_cnt cannot tell: each refused entry makes it one too small.
  const prepared = (await client.getMaps()).find((one) => one.file === map)?.next_ver;
  assert.deepEqual(await client.getMap(map, { version: Number(prepared) }), [], "what had been added is gone");
  const { version, entries: count } = await client.replaceMap(map, [{ key: "::1", value: "no" }]);
  assert.deepEqual([count, (await client.getMaps()).find((one) => one.file === map)?.curr_ver], [1, version]);
});

testEachHaproxy("replaceMap() takes thousands of entries", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  const entries = Array.from({ length: 5_500 }, (_, n) => ({ key: `host${n}.test`, value: `be_${n % 7}` }));
  assert.equal((await client.replaceMap(map, entries)).entries, 5_500);
  const byKey = (a: { key: string }, b: { key: string }) => a.key < b.key ? -1 : 1;
  assert.deepEqual(withoutIds(await client.getMap(map)).sort(byKey), entries.sort(byKey));
  await client.replaceMap(map, []);
  assert.deepEqual(await client.getMap(map), []);
});

testEachHaproxy("replaceMap() works over a master socket", { ...REALISTIC, master: true }, async (haproxy) => {
  await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
  const entries = [{ key: "a b", value: "c;d" }, { key: "x", value: "y" }];
  await client.replaceMap(haproxy.file("hosts.map"), entries);
  await using worker = new Client(haproxy.socketPath);
  const lookup = await worker.getMapEntry(haproxy.file("hosts.map"), "a b");
  assert.deepEqual(lookup.map(({ key, value }) => [key, value]), [["a b", "c;d"]]);
});

/** Any text that the CLI can carry; often made of what is special in it. */
const word = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..." \t;\\#<>\"'=,@*$%!`{}[]x0é"), minLength: 1, maxLength: 12 }),
).filter((one) => one !== "" && !/[\r\n\0]/.test(one) && one.isWellFormed());

testEachHaproxy("replaceMap() then getMap() gives exactly the given entries", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  const entry = fc.record({ key: word, value: word });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(entry, { selector: ({ key }) => key, maxLength: 8 }), async (entries) => {
      assert.equal((await client.replaceMap(map, entries)).entries, entries.length);
      const shown = await client.getMap(map);
      const line = ({ key, value }: { key: string; value: string }) => `${key} ${value}`;
      assert.deepEqual(shown.map(line).sort(), entries.map(line).sort());
      for (const { key, value } of entries) {
        if (!key.includes(" ")) {
          assert.ok(
            shown.some((one) => one.key === key && one.value === value),
            "a key without blanks is shown as it is",
          );
          continue;
        }
        // Where the list cannot tell key and value apart, looking the key up does, or says that it cannot either.
        try {
          assert.deepEqual((await client.getMapEntry(map, key)).map((one) => [one.key, one.value]), [[key, value]]);
        } catch (thrown) {
          assert.ok(thrown instanceof UnexpectedAnswer && line({ key, value }).includes('"'), String(thrown));
        }
      }
    }),
    {
      numRuns: 60,
      examples: [
        [[{ key: "a b", value: "c" }, { key: "a", value: "b c" }]],
        [[{ key: "#0x12", value: "#0x12" }, { key: "@1", value: "@1" }]],
        [[{ key: "x".repeat(4096), value: "\\;".repeat(2048) }]],
        [[{ key: " ", value: " " }, { key: "\t", value: "\t" }]],
        [[{ key: "<<", value: "<<" }, { key: "k", value: 'a", value="b' }]],
        [[]],
      ],
    },
  );
});

Deno.test("map methods refuse what the CLI cannot carry, before anything is sent", async () => {
  const caller = new RecordingCaller();
  for (const bad of ["", "a\nb", "a\rb", "a\0b", "\ud800", 5, undefined]) {
    await assert.rejects(call(caller, "addMapEntry", "m", bad, "v"), InvalidArgument);
    await assert.rejects(call(caller, "addMapEntry", "m", "k", bad), InvalidArgument);
    await assert.rejects(
      call(caller, "replaceMap", "m", [{ key: "k", value: "v" }, { key: "k2", value: bad }]),
      InvalidArgument,
    );
  }
  await assert.rejects(call(caller, "replaceMap", "m", { k: "v" }), InvalidArgument);
  await assert.rejects(call(caller, "replaceMap", "m", [{ key: "k", value: "v", weight: 1 }]), InvalidArgument);
  await assert.rejects(call(caller, "getMap", "@1"), InvalidArgument);
  await assert.rejects(call(caller, "getMap", "m", { version: -1 }), InvalidArgument);
  await assert.rejects(call(caller, "getMap", "m", { version: "abc" }), InvalidArgument);
  assert.deepEqual(caller.commands, []);
});

const PREPARED = { "prepare map": "New version created: 3\n" };
const ENTRIES = [{ key: "a", value: "1" }, { key: "b", value: "2" }];

Deno.test("replaceMap() commits only what it has read back", async () => {
  const caller = new RecordingCaller({ ...PREPARED, "show map": "0x2 b 2\n0x1 a 1\n\n" });
  assert.deepEqual(await call(caller, "replaceMap", "m", ENTRIES), { version: 3, entries: 2 });
  assert.deepEqual(caller.commands, [
    "prepare map m",
    "add map @3 m a 1",
    "add map @3 m b 2",
    "show map @3 m",
    "commit map @3 m",
  ]);
});

Deno.test("replaceMap() forgets its version when the entries are not those that were given", async () => {
  for (const shown of ["0x1 a 1\n\n", "0x1 a 1\n0x2 b 3\n\n", "\n"]) {
    const caller = new RecordingCaller({ ...PREPARED, "show map": shown });
    await assert.rejects(call(caller, "replaceMap", "m", ENTRIES), NotApplied);
    assert.equal(caller.commands.at(-1), "clear map @3 m");
    assert.ok(!caller.commands.some((command) => command.startsWith("commit")));
  }
});

Deno.test("replaceMap() does not clear a version that may be in force", async () => {
  const script = { ...PREPARED, "show map": "0x2 b 2\n0x1 a 1\n\n" };
  const lost = new RecordingCaller({ ...script, "commit map": new Error("the answer was lost") });
  await assert.rejects(call(lost, "replaceMap", "m", ENTRIES), /lost/);
  assert.equal(lost.commands.at(-1), "commit map @3 m");
  const refused = new RecordingCaller({ ...script, "commit map": "Version number out of range.\n" });
  await assert.rejects(call(refused, "replaceMap", "m", ENTRIES), CommandRefused);
  assert.equal(refused.commands.at(-1), "clear map @3 m");
});
