import assert from "node:assert/strict";
import fc from "fast-check";
import { toCsv } from "../../../lib/cli/output/csv.ts";

Deno.test("toCsv() writes a header and a line a row, with every column that any row has", () => {
  assert.equal(
    toCsv([{ a: 1, b: null }, { a: 18446744073709551615n, c: ["x", "y"] }]),
    'a,b,c\n1,,\n18446744073709551615,,"x,y"\n',
  );
});

Deno.test("toCsv() is empty without rows", () => {
  assert.equal(toCsv([]), "");
});

Deno.test("toCsv() writes what a CSV reader reads back, whatever the cells hold", () => {
  const cell = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  fc.assert(fc.property(fc.array(fc.record({ one: cell, two: cell }), { minLength: 1 }), (rows) => {
    const back = readCsv(toCsv(rows));
    assert.deepEqual(back, [["one", "two"], ...rows.map((row) => [row.one, row.two])]);
  }));
});

/** A CSV reader of its own, by RFC 4180: the other one reads HAProxy's. */
function readCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\n") records.push([]);
  }
  return records.slice(0, -1);
}
