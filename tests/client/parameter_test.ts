import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidArgument } from "../../lib/client/errors.ts";
import {
  choice,
  duration,
  file,
  flag,
  integer,
  list,
  optional,
  pairs,
  type Parameter,
  proxy,
  server,
  settings,
  text,
  weight,
} from "../../lib/client/parameter.ts";
import { aclPatterns, choices, mapPairs, tableData, tableFilters } from "../../lib/client/parameter_lists.ts";
import { ipAddress, reference, serverAddress, tableName } from "../../lib/client/parameter_values.ts";

/** Marks a value that has to be refused. */
const NO = Symbol("refused");

/** What a parameter makes of values from code and JSON, and of texts from the command line. */
interface Table {
  readonly parameter: Parameter<unknown>;
  readonly checks: readonly (readonly [given: unknown, result: unknown])[];
  readonly reads: readonly (readonly [given: string, result: unknown])[];
}

const pair = { key: "a", value: "b c" };
const filter = { data: "gpc0", op: "gt", value: 3 };

const TABLES: Readonly<Record<string, Table>> = {
  text: {
    parameter: text("x", "a text"),
    checks: [["a b", "a b"], ["é", "é"], ["", NO], ["a\nb", NO], ["a\r", NO], ["\0", NO], ["\ud800", NO], [1, NO], [
      null,
      NO,
    ]],
    reads: [["a;b", "a;b"], ["", NO]],
  },
  proxy: {
    parameter: proxy("x", "a proxy"),
    checks: [["web", "web"], ["a.b:c-d_e", "a.b:c-d_e"], ["123", "123"], ["#7", "#7"], ["#", NO], ["#x", NO], [
      "a b",
      NO,
    ], ["a/b", NO]],
    reads: [["web", "web"], ["é", NO]],
  },
  server: {
    parameter: server(),
    checks: [["web/s1", "web/s1"], ["#1/#2", "#1/#2"], ["web", NO], ["web/", NO], ["/s1", NO], ["a/b/c", NO], [
      "a/b c",
      NO,
    ]],
    reads: [["web/s1", "web/s1"], ["web s1", NO]],
  },
  file: {
    parameter: file("x", "a file"),
    checks: [["/etc/a b.map", "/etc/a b.map"], ["#1", "#1"], ["@1", NO], ["*a", NO]],
    reads: [["a.map", "a.map"]],
  },
  integer: {
    parameter: integer("x", "a number", -5, 5),
    checks: [[5, 5], [-5, -5], [6, NO], [1.5, NO], [NaN, NO], ["1", NO], [1n, NO], [true, NO]],
    reads: [["5", 5], ["-5", -5], ["6", NO], ["1e0", NO], ["0x1", NO], ["", NO], [" 1", NO]],
  },
  choice: {
    parameter: choice("x", "a word", ["up", "down"]),
    checks: [["up", "up"], ["UP", NO], ["", NO], [undefined, NO]],
    reads: [["down", "down"], ["upp", NO]],
  },
  flag: {
    parameter: flag("x", "yes or no"),
    checks: [[true, true], [false, false], ["true", NO], [1, NO]],
    reads: [["on", true], ["Yes", true], ["1", true], ["off", false], ["false", false], ["0", false], ["maybe", NO]],
  },
  duration: {
    parameter: duration("x", "a time"),
    checks: [[1500, 1500], [0, 0], ["30s", 30_000], ["1.5s", NO], [-1, NO], [2_073_600_001, NO], [null, NO]],
    reads: [["500", 500], ["500ms", 500], ["30s", 30_000], ["5m", 300_000], ["2h", 7_200_000], ["1d", 86_400_000], [
      "25d",
      NO,
    ], ["s", NO]],
  },
  weight: {
    parameter: weight("x", "a weight"),
    checks: [[0, 0], [256, 256], ["50%", "50%"], ["200%", "200%"], ["7", 7], [257, NO], [-1, NO], ["257", NO], [
      "%",
      NO,
    ], ["1e2", NO]],
    reads: [["50%", "50%"], ["256", 256], ["half", NO]],
  },
  list: {
    parameter: list("x", "words"),
    checks: [[["a", "b"], ["a", "b"]], [[], []], ["a", NO], [[1], NO]],
    reads: [["a,b c", ["a", "b", "c"]]],
  },
  pairs: {
    parameter: pairs("x", "pairs"),
    checks: [[{ a: "b", c: 1 }, { a: "b", c: "1" }], [{ a: null }, NO], [["a"], NO], [null, NO]],
    reads: [["a=b,c=d=e", { a: "b", c: "d=e" }], ["a", NO], ["=a", NO]],
  },
  choices: {
    parameter: choices("x", "words", ["up", "down"]),
    checks: [[["up"], ["up"]], [["up", "left"], NO], ["up", NO]],
    reads: [["up,down", ["up", "down"]], ["left", NO]],
  },
  mapPairs: {
    parameter: mapPairs("x", "entries"),
    checks: [[[pair], [pair]], [[], []], [[{ key: "a" }], NO], [[{ ...pair, more: 1 }], NO], [{ a: "b" }, NO], [
      ["a b"],
      NO,
    ], [[null], NO]],
    reads: [
      ["# hosts\r\n\n  a\t b c\nd e\n", [pair, { key: "d", value: "e" }]],
      ["lonely", NO],
    ],
  },
  aclPatterns: {
    parameter: aclPatterns("x", "patterns"),
    checks: [[["a b"], ["a b"]], [["a\n"], NO], [[""], NO], ["a", NO]],
    reads: [["# bots\na b\n\n  c\n", ["a b", "c"]]],
  },
  tableFilters: {
    parameter: tableFilters("x", "filters"),
    checks: [
      [[filter], [filter]],
      [[], []],
      [[filter, filter, filter, filter, filter], NO],
      [[{ ...filter, data: "GPC0" }], NO],
      [[{ ...filter, op: "=" }], NO],
      [[{ ...filter, value: 0.5 }], NO],
    ],
    reads: [
      ["gpc0 gt 3, gpc[12] ne -1", [filter, { data: "gpc[12]", op: "ne", value: -1 }]],
      ["gpc0 gt", NO],
      ["gpc0 gt 3 or", NO],
    ],
  },
  tableData: {
    parameter: tableData("x", "data"),
    checks: [
      [{ gpc0: 4_294_967_295 }, { gpc0: 4_294_967_295 }],
      [{ gpc0: 4_294_967_296 }, NO],
      [{ bytes_out_cnt: 2 ** 53 - 1 }, { bytes_out_cnt: 2 ** 53 - 1 }],
      [{ "data.gpc0": 1 }, NO],
      [{ gpc0: "1" }, NO],
      [[], NO],
    ],
    reads: [["gpc0=5, gpt0=1", { gpc0: 5, gpt0: 1 }], ["gpc0", NO], ["gpc0=-1", NO]],
  },
  ipAddress: {
    parameter: ipAddress("x", "an address"),
    checks: [["10.0.0.1", "10.0.0.1"], ["::1", "::1"], ["10.0.0.256", NO], ["localhost", NO], ["[::1]", NO], [
      "10.1",
      NO,
    ]],
    reads: [["fe80::1", "fe80::1"], ["a.test", NO]],
  },
  serverAddress: {
    parameter: serverAddress("x", "an address"),
    checks: [
      ...["10.0.0.1:80", "10.0.0.1", "[::1]:80", "::1", "unix@/run/a.sock", "/run/a.sock", "ipv4@10.0.0.1:1"].map((
        one,
      ) => [one, one] as const),
      ...["a.test:80", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:", "[::1:80", "*:80", "80"].map((one) =>
        [one, NO] as const
      ),
    ],
    reads: [["10.0.0.1:80", "10.0.0.1:80"]],
  },
  reference: {
    parameter: reference("x", "a reference"),
    checks: [["0x55aa", "0x55aa"], ["55aa", NO], ["#0x55", NO], ["0x", NO], ["0xGG", NO]],
    reads: [["0x1", "0x1"]],
  },
  tableName: {
    parameter: tableName(),
    checks: [["web", "web"], ["mesh/t1", "mesh/t1"], ["a b", NO], [";", NO]],
    reads: [["web", "web"]],
  },
};

for (const [name, { parameter, checks, reads }] of Object.entries(TABLES)) {
  Deno.test(`${name}() takes what it should from code and JSON, and nothing else`, () => {
    for (const [given, result] of checks) {
      if (result === NO) {
        assert.throws(() => parameter.check(given), InvalidArgument, `${name} ${Deno.inspect(given)}`);
      } else assert.deepEqual(parameter.check(given), result);
    }
  });
  Deno.test(`${name}() reads what it should from the command line, and nothing else`, () => {
    for (const [given, result] of reads) {
      if (result === NO) assert.throws(() => parameter.read(given), InvalidArgument, `${name} "${given}"`);
      else assert.deepEqual(parameter.read(given), result);
    }
  });
  Deno.test(`${name}() throws nothing but InvalidArgument, and what it takes it takes again`, () => {
    const survives = (act: () => unknown) => {
      let taken;
      try {
        taken = act();
      } catch (thrown) {
        assert.ok(thrown instanceof InvalidArgument, String(thrown));
        return;
      }
      assert.deepEqual(parameter.check(taken), taken);
    };
    fc.assert(fc.property(fc.anything(), (given) => survives(() => parameter.check(given))));
    fc.assert(fc.property(fc.string({ unit: "binary" }), (given) => survives(() => parameter.read(given))));
  });
}

Deno.test("optional() only makes a parameter optional", () => {
  const one = proxy("x", "a proxy");
  assert.deepEqual({ ...optional(one), optional: false }, one);
});

Deno.test("settings() checks each field under either spelling, and refuses others", () => {
  const options = settings<{ timeoutMs?: number; force?: boolean }>({
    timeoutMs: duration("timeout", "a time"),
    force: flag("force", "yes or no"),
  });
  assert.equal(options.optional, true);
  assert.deepEqual(options.fields?.map(({ key, name, optional }) => [key, name, optional]), [
    ["timeoutMs", "timeout", true],
    ["force", "force", true],
  ]);
  assert.deepEqual(options.check({ timeoutMs: 5, force: undefined }), { timeoutMs: 5 });
  assert.deepEqual(options.check({ timeout: "5s" }), { timeoutMs: 5_000 });
  assert.throws(() => options.check({ timeOut: 5 }), /the options are timeout, force/);
  assert.throws(() => options.check({ force: 1 }), InvalidArgument);
  assert.throws(() => options.check(null), InvalidArgument);
  assert.throws(() => options.read("force"), InvalidArgument);
});
