import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCsv } from "../../../lib/client/formats/csv.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseStat } from "../../../lib/client/formats/stat.ts";
import { parseTypedStat } from "../../../lib/client/formats/typed.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

/** An answer of a version that only headers and few rows were captured of. */
const other = (version: string) =>
  Deno.readTextFileSync(new URL(`../../captures/${version}/show_stat.txt`, import.meta.url));

Deno.test("parseStat() gives every field of every row when the answer is of a real HAProxy", () => {
  const answers = VERSIONS.flatMap((version) => [
    capture(version, "show_stat"),
    capture(version, "show_stat_many_proxies"),
    capture(version, "show_stat_numeric_name"),
  ]);
  for (const answer of [...answers, ...["2.8", "3.1", "3.3", "3.5"].map(other)]) {
    const { columns, rows } = parseCsv("show stat", answer);
    const stats = parseStat(answer);
    assert.equal(stats.length, rows.length);
    stats.forEach((row, nth) => {
      columns.forEach((name, column) => {
        if (name !== "-") {
          assert.equal(String(row[name === "(null)" ? "proto" : name] ?? ""), rows[nth]?.[column], name);
        }
      });
      assert.equal("-" in row, false);
    });
  }
});

Deno.test("parseStat() gives numbers and texts where the typed output of the same HAProxy does", () => {
  for (const version of VERSIONS) {
    const rows = parseStat(capture(version, "show_stat"));
    const types = new Map<string, string>();
    for (const { fields } of parseTypedStat(capture(version, "show_stat_typed"))) {
      for (const { name, type } of fields) types.set(name, type);
    }
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        if (value === null || name === "kind") continue;
        assert.equal(typeof value === "string", types.get(name) === "str", `${version} ${name}`);
      }
    }
  }
});

Deno.test("parseStat() names the kind of a row by its type", () => {
  const kinds = parseStat(capture("3.4", "show_stat")).map(({ kind, type }) => `${type} ${kind}`);
  assert.deepEqual([...new Set(kinds)].sort(), ["0 frontend", "1 backend", "2 server", "3 listener"]);
});

Deno.test("parseStat() keeps a numeric name as text", () => {
  const rows = VERSIONS.flatMap((version) => parseStat(capture(version, "show_stat_numeric_name")));
  assert.ok(rows.some(({ pxname }) => /^\d+$/.test(pxname)));
  assert.ok(rows.every(({ pxname, svname }) => typeof pxname === "string" && typeof svname === "string"));
});

Deno.test("parseStat() reads one row when HAProxy 2.6 put a line feed into last_agt", () => {
  const rows = parseStat(capture("2.6", "show_stat_newline_in_last_agt"));
  assert.deepEqual(rows.map(({ svname }) => svname), ["s1", "s2"]);
  assert.match(String(rows[0]?.last_agt), /^agent warns : Backend is using .* '100%'\.\n$/);
  assert.equal(rows[0]?.agent_status, "CHECKED");
});

Deno.test("parseStat() unquotes what agents say", () => {
  const row = (field: string) => parseStat(`# pxname,svname,type,last_agt,scur,\nst,s1,2,${field},7,\n\n`)[0];
  const said = row('"via agent : down (say ""hi"", a\\b: \u00e9 t\tab)"');
  assert.equal(said?.last_agt, 'via agent : down (say "hi", a\\b: \u00e9 t\tab)');
  assert.equal(said?.scur, 7);
  assert.equal(
    row("via agent : down (raw \ufffd\u0001\u001b[0m end)")?.last_agt,
    "via agent : down (raw \ufffd\u0001\u001b[0m end)",
  );
  assert.equal(row('""""')?.last_agt, '"');
});

Deno.test("parseStat() refuses to read rows when the named proxy does not exist", () => {
  for (const answer of captures("show_stat_nope_4_-1")) assert.throws(() => parseStat(answer), UnexpectedAnswer);
});

Deno.test("parseStat() gives no rows when there is only the header", () => {
  for (const answer of captures("show_stat")) assert.deepEqual(parseStat(answer.slice(0, answer.indexOf("\n"))), []);
});

Deno.test("parseStat() names the column that 2.8.0 prints as (null)", () => {
  const rows = parseStat(other("2.8"));
  assert.ok(rows.length > 0);
  assert.ok(rows.every((row) => "proto" in row && !("(null)" in row)));
});

Deno.test("parseStat() types columns that it does not know by their fields", () => {
  const [row] = parseStat("# pxname,svname,type,-,new_count,new_text,new_code,\nweb,s,2,-,12,a b,007,\n");
  assert.equal(row?.new_count, 12);
  assert.equal(row?.new_text, "a b");
  assert.equal(row?.new_code, "007");
});

Deno.test("parseStat() gives back any 64-bit counter exactly", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (counter) => {
    const [row] = parseStat(`# pxname,svname,type,bin,new,\nweb,s,2,${counter},${counter},\n`);
    assert.equal(String(row?.bin), String(counter));
    assert.equal(row?.bin, row?.new);
  }));
});

Deno.test("parseStat() refuses text and leading zeros in a column of numbers", () => {
  for (const field of ["abc", "1.5", "01", "-", '"1"', "18446744073709551615", "1".repeat(30)]) {
    assert.throws(() => parseStat(`# pxname,svname,type,scur,\nweb,s,2,${field},\n`), UnexpectedAnswer, field);
  }
});

Deno.test("parseStat() refuses a row of unknown type or without a name", () => {
  for (const row of ["web,s,4,", "web,s,,", ",s,2,", "web,,2,", "web,s,-1,"]) {
    assert.throws(() => parseStat(`# pxname,svname,type,\n${row}\n`), UnexpectedAnswer, row);
  }
});

Deno.test("parseStat() refuses CSV that is not about proxies", () => {
  assert.throws(() => parseStat("# id,pid,sent,\nns1,dns1,4,\n"), UnexpectedAnswer);
});

Deno.test("parseStat() takes the first of two columns with one name, and no column named as happi's own", () => {
  const [row] = parseStat("# pxname,svname,type,kind,scur,scur,__proto__,\nweb,s,2,x,1,2,3,\n");
  assert.equal(row?.kind, "server");
  assert.equal(row?.scur, 1);
  assert.equal(Object.getPrototypeOf(row), Object.prototype);
});

testHostileAnswers("parseStat", parseStat, [
  ...captures("show_stat"),
  capture("2.6", "show_stat_newline_in_last_agt"),
]);
