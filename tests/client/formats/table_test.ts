import assert from "node:assert/strict";
import fc from "fast-check";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseTable, parseTables } from "../../../lib/client/formats/table.ts";
import { unescapeTableKey } from "../../../lib/client/formats/table_key.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

/** A key as HAProxy's dump_text() prints it. */
function escapeKey(key: string): string {
  return Array.from(new TextEncoder().encode(key), (byte) => {
    const character = String.fromCharCode(byte);
    if (" =\\".includes(character)) return `\\${character}`;
    const letter = { 9: "t", 10: "n", 13: "r", 27: "e" }[byte];
    if (letter !== undefined) return `\\${letter}`;
    return byte > 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

Deno.test("parseTables() gives the tables of every version", () => {
  for (const answer of captures("show_table")) {
    const tables = parseTables(answer);
    assert.deepEqual(tables.map(({ table }) => table), [
      ...["st_none", "st_bin", "st_int", "st_path", "be_tcp", "fe_http", "mesh/shared"],
    ]);
    assert.deepEqual(tables[3], { table: "st_path", type: "string", size: 1024, used: 21 });
  }
});

Deno.test("parseTable() gives every field of every entry when the answer is of a real HAProxy", () => {
  for (const version of VERSIONS) {
    for (const file of ["show_table_fe_http", "show_table_be_tcp", "show_table_st_int", "show_table_st_path"]) {
      const answer = capture(version, file);
      const [, ...lines] = answer.trimEnd().split("\n");
      const { table, entries } = parseTable(answer);
      assert.equal(table?.table, file.slice("show_table_".length));
      const printed = entries.map(({ id, key, use, exp, shard, data }) => {
        const head = `${id}: key=${key} use=${use} exp=${exp}${shard === undefined ? "" : ` shard=${shard}`}`;
        return Object.entries(data).reduce((line, [name, value]) => `${line} ${name}=${value}`, head);
      });
      assert.deepEqual(printed, lines);
    }
  }
});

Deno.test("parseTable() gives numbers for all but keys", () => {
  const [entry] = parseTable(capture("3.4", "show_table_be_tcp")).entries;
  assert.deepEqual(entry?.data, { server_id: 1, gpt0: 0, server_key: "t1" });
  assert.equal(parseTable(capture("3.4", "show_table_st_int")).entries[0]?.key, "1");
});

Deno.test("parseTable() gives a table without entries when it is empty, and none when a key is not there", () => {
  for (const answer of captures("show_table_st_bin")) {
    const { table, entries } = parseTable(answer);
    assert.equal(table?.type, "binary");
    assert.deepEqual(entries, []);
  }
  for (const answer of captures("show_table_fe_http_key_10.9.9.9")) {
    assert.deepEqual(parseTable(answer), { table: null, entries: [] });
  }
});

Deno.test("parseTable() reads back any key that HAProxy could print", () => {
  const keys = fc.array(fc.string({ unit: "grapheme", minLength: 1 }).filter((key) => !key.includes("\0")));
  fc.assert(fc.property(keys, (all) => {
    const lines = all.map((key, nth) => `0x${nth.toString(16)}: key=${escapeKey(key)} use=0 exp=1 gpc0=${nth}\n`);
    const { entries } = parseTable(`# table: t, type: string, size:100, used:1\n${lines.join("")}\n`);
    assert.deepEqual(entries.map(({ key }) => key), all);
    assert.deepEqual(entries.map(({ data }) => data.gpc0), all.map((_, nth) => nth));
  }));
});

Deno.test("unescapeTableKey() reads the captured keys, and keeps what is not UTF-8 as printed", () => {
  assert.equal(unescapeTableKey('/a\\=b;c"d,e\\\\f%20g'), '/a=b;c"d,e\\f%20g');
  assert.equal(unescapeTableKey("/k%3Dv%0Anl"), "/k%3Dv%0Anl");
  assert.equal(unescapeTableKey("\\xC3\\xA9\\=1"), "\u00e9=1");
  assert.equal(unescapeTableKey("\\xFF\\ a"), "\\xFF\\ a");
  assert.equal(unescapeTableKey("a\\tb\\ c\\=\\\\d\\e\\xC3\\xA9\\r"), "a\tb c=\\d\u001b\u00e9\r");
  assert.equal(unescapeTableKey("a\\e\\xE9\\xE9\\r"), "a\\e\\xE9\\xE9\\r");
  assert.equal(unescapeTableKey("\\"), "\\");
});

Deno.test("parseTable() reads entries that do not store the same", () => {
  const { entries } = parseTable(
    "# table: t, type: ip, size:9, used:4\n" +
      "0x1: key=a use=0 exp=1 gpc0=1 gpc1=2\n0x2: key=b use=0 exp=1 gpc0=3\n" +
      "0x3: key=c use=0 exp=1\n0x4: key=d use=0 exp=1 gpc1=4 gpc0=5\n0x5: key=e use=0 exp=1 gpc1=18446744073709551615\n",
  );
  assert.deepEqual(entries.map(({ data }) => data), [
    ...[{ gpc0: 1, gpc1: 2 }, { gpc0: 3 }, {}, { gpc1: 4, gpc0: 5 }, { gpc1: 18446744073709551615n }],
  ]);
});

Deno.test("parseTable() refuses what is not an entry", () => {
  const lines = ["0x1: key=a", "0x1: key=a use=0", "0x1: key=a use=0 exp=1 gpc0", "0x1: key=a use=0 exp=1 gpc0=x", "a"];
  for (
    const line of [...lines, "0x1: key=a use=0 exp=1  gpc0=1", "0x1: key=a use=x exp=1", "0x1: key=a\\ use=0 exp=1"]
  ) {
    assert.throws(() => parseTable(`# table: t, type: ip, size:9, used:4\n${line}\n`), UnexpectedAnswer, line);
  }
  for (const answer of captures("show_table_nope")) assert.throws(() => parseTable(answer), UnexpectedAnswer);
});

testHostileAnswers("parseTables", parseTables, captures("show_table"));
testHostileAnswers("parseTable", parseTable, [...captures("show_table_st_path"), ...captures("show_table_fe_http")]);
