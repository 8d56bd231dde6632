import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "../../../lib/client/client.ts";
import { InvalidArgument, NotFound, UnsupportedCommand } from "../../../lib/client/errors.ts";
import { CommandForbidden, CommandRefused } from "../../../lib/socket/mod.ts";
import type { LaunchContext } from "../../../scripts/haproxy/launch.ts";
import { realisticConfig } from "../../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

/** With tables of other types. */
const TABLES = {
  ...REALISTIC,
  config: (context: LaunchContext) =>
    `${realisticConfig(context)}
backend st_text
  stick-table type string len 200 size 1k expire 10m store gpc0,bytes_in_cnt
backend st_six
  stick-table type ipv6 size 1k expire 10m store gpc0
backend st_int
  stick-table type integer size 1k expire 10m store gpc0
backend st_bin
  stick-table type binary len 8 size 1k expire 10m store gpc0
`,
};

testEachHaproxy("setTableEntry(), getTable() and clearTable() agree", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.file("operator.sock"));
  const tables = await client.getTables();
  assert.deepEqual(tables.find((one) => one.table === "st_src"), { table: "st_src", type: "ip", size: 10240, used: 0 });
  for (const n of [1, 2, 3]) await client.setTableEntry("st_src", `10.0.0.${n}`, { gpc0: n, http_req_cnt: 10 * n });
  const keys = async (selection?: Parameters<Client["getTable"]>[1]) =>
    (await client.getTable("st_src", selection)).entries.map((entry) => entry.key).sort();
  assert.deepEqual(await keys(), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  assert.deepEqual(await keys({ key: "10.0.0.2" }), ["10.0.0.2"]);
  const two = [{ data: "gpc0", op: "ge", value: 2 }, { data: "http_req_cnt", op: "lt", value: 30 }] as const;
  assert.deepEqual(await keys({ filters: two }), ["10.0.0.2"]);
  assert.deepEqual(await keys({ filters: [{ data: "gpc0", op: "gt", value: 9 }] }), []);
  const { table } = await client.getTable("st_src", { key: "10.9.9.9" });
  assert.equal(table, null, "no entry has this key");

  await client.clearTableEntry("st_src", "10.0.0.1");
  await client.clearTableEntry("st_src", "10.9.9.9");
  assert.deepEqual(await keys(), ["10.0.0.2", "10.0.0.3"]);
  await client.clearTable("st_src", { filters: [{ data: "gpc0", op: "eq", value: 3 }] });
  assert.deepEqual(await keys(), ["10.0.0.2"]);
  await client.clearTable("st_src");
  assert.deepEqual(await keys(), []);
});

testEachHaproxy("getTable() by reference needs 3.1", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await client.setTableEntry("st_src", "10.0.0.1");
  const { entries: [entry] } = await client.getTable("st_src");
  assert.ok(entry);
  if (haproxy.build.version === "3.2") {
    assert.deepEqual((await client.getTable("st_src", { ptr: entry.id })).entries.map(({ key }) => key), ["10.0.0.1"]);
    await assert.rejects(() => client.getTable("st_src", { ptr: "0x1234" }), NotFound);
    await client.clearTable("st_src", { ptr: entry.id });
    assert.deepEqual((await client.getTable("st_src")).entries, []);
  } else {
    await assert.rejects(() => client.getTable("st_src", { ptr: entry.id }), UnsupportedCommand);
    await assert.rejects(() => client.clearTable("st_src", { ptr: entry.id }), UnsupportedCommand);
  }
});

testEachHaproxy("table methods say what there is not, in HAProxy's words", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await assert.rejects(() => client.getTable("nope"), NotFound);
  await assert.rejects(() => client.getTable("be_web"), NotFound);
  await assert.rejects(() => client.setTableEntry("nope", "10.0.0.1"), NotFound);
  await assert.rejects(() => client.clearTable("nope"), NotFound);
  await assert.rejects(() => client.setTableEntry("st_src", "10.0.0.1", { gpc1: 1 }), CommandRefused);
  const filters = [{ data: "nonsense", op: "eq", value: 1 }] as const;
  await assert.rejects(() => client.getTable("st_src", { filters }), /Unknown data type/);
});

testEachHaproxy("a user-level socket is refused before HAProxy can leak a use count", REALISTIC, async (haproxy) => {
  await using admin = new Client(haproxy.socketPath);
  await admin.setTableEntry("st_src", "10.0.0.1", { gpc0: 1 });
  await using user = new Client(haproxy.file("user.sock"));
  assert.equal((await user.getTables()).find((one) => one.table === "st_src")?.used, 1);
  for (
    const forbidden of [
      () => user.getTable("st_src"),
      () => user.getTable("st_src", { key: "10.0.0.1" }),
      () => user.setTableEntry("st_src", "10.0.0.1", { gpc0: 5 }),
      () => user.setTableEntry("st_src", "10.0.0.2", { gpc0: 5 }),
      () => user.clearTable("st_src"),
      () => user.clearTableEntry("st_src", "10.0.0.1"),
    ]
  ) await assert.rejects(async () => void await forbidden(), CommandForbidden);
  const { entries } = await admin.getTable("st_src");
  assert.deepEqual(entries.map(({ key, use, data }) => [key, use, data["gpc0"]]), [["10.0.0.1", 0, 1]]);
});

testEachHaproxy("setTableEntry() refuses keys that HAProxy would make something else of", TABLES, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const wrong = [
    ["st_src", "300.0.0.1"],
    ["st_src", "::1"],
    ["st_src", "localhost"],
    ["st_six", "::g"],
    ["st_int", "4294967296"],
    ["st_int", "-1"],
    ["st_int", "12a"],
    ["st_bin", "00ff"],
  ] as const;
  for (const [table, key] of wrong) {
    await assert.rejects(() => client.setTableEntry(table, key), InvalidArgument, `${table} ${key}`);
    assert.deepEqual((await client.getTable(table)).entries, []);
  }
  for (const [table, key] of [["st_six", "::1"], ["st_int", "4294967295"]] as const) {
    await client.setTableEntry(table, key, { gpc0: 0xffffffff });
    assert.deepEqual((await client.getTable(table)).entries.map((one) => [one.key, one.data["gpc0"]]), [[
      key,
      0xffffffff,
    ]]);
  }
  await client.setTableEntry("st_text", "wide", { bytes_in_cnt: 2 ** 40 });
  assert.equal((await client.getTable("st_text")).entries[0]?.data["bytes_in_cnt"], 2 ** 40);
});

testEachHaproxy("any text is a key of a table of strings", TABLES, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((one) =>
    !/[\r\n\0]/.test(one) && one.isWellFormed()
  );
  await fc.assert(
    fc.asyncProperty(key, async (one) => {
      await client.setTableEntry("st_text", one, { gpc0: 7 });
      const { entries } = await client.getTable("st_text", { key: one });
      assert.deepEqual(entries.map((entry) => [entry.key, entry.data["gpc0"]]), [[one, 7]]);
      await client.clearTableEntry("st_text", one);
      assert.deepEqual((await client.getTable("st_text")).entries, []);
    }),
    {
      numRuns: 150,
      examples: [[" "], ["a b"], ["\\"], ["a\\x41"], [";"], ["<<"], ["#"], ["key=1"], ["\x1b\t\x7f"], ["é=1"]],
    },
  );
});

Deno.test("table methods refuse wrong arguments before anything is sent", async () => {
  const caller = new RecordingCaller();
  const wrong: readonly (readonly [Parameters<typeof call>[1], ...unknown[]])[] = [
    ["getTable", "a b"],
    ["getTable", ""],
    ["getTable", "t", { filters: "gpc0 gt 1" }],
    ["getTable", "t", { filters: [{ data: "http_req_rate(10000)", op: "gt", value: 1 }] }],
    ["getTable", "t", { filters: [{ data: "gpc0", op: ">", value: 1 }] }],
    ["getTable", "t", { filters: [{ data: "gpc0", op: "gt", value: "1" }] }],
    ["getTable", "t", { filters: [{ data: "gpc0", op: "gt", value: 1, or: 2 }] }],
    ["getTable", "t", { filters: Array.from({ length: 5 }, () => ({ data: "gpc0", op: "gt", value: 1 })) }],
    ["getTable", "t", { key: "a", filters: [{ data: "gpc0", op: "gt", value: 1 }] }],
    ["clearTable", "t", { key: "a" }],
    ["setTableEntry", "t", "k", { gpc0: 2 ** 32 }],
    ["setTableEntry", "t", "k", { gpc0: -1 }],
    ["setTableEntry", "t", "k", { gpc0: 0.5 }],
    ["setTableEntry", "t", "k\nshow info", {}],
  ];
  for (const [name, ...args] of wrong) {
    await assert.rejects(call(caller, name, ...args), InvalidArgument, `${name} ${JSON.stringify(args)}`);
  }
  assert.deepEqual(caller.commands, []);
});
