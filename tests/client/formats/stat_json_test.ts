import assert from "node:assert/strict";
import fc from "fast-check";
import { parseStat } from "../../../lib/client/formats/stat.ts";
import { stringifyStat } from "../../../lib/client/formats/stat_json.ts";
import { captures } from "./capture_files.ts";

Deno.test("stringifyStat() writes what JSON.stringify writes, without nulls", () => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.maxSafeInteger(), fc.constant(null));
  const rows = fc.array(fc.dictionary(fc.string({ unit: "binary" }), value));
  fc.assert(fc.property(rows, (table) => {
    const expected = JSON.stringify(table, (_, field) => field === null ? undefined : field);
    assert.equal(stringifyStat(table), expected);
  }));
});

Deno.test("stringifyStat() writes real answers so that JSON.parse gives them back", () => {
  for (const answer of captures("show_stat")) {
    const rows = parseStat(answer);
    const expected = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
    assert.deepEqual(JSON.parse(stringifyStat(rows)), expected);
  }
});

Deno.test("stringifyStat() writes all digits of a bigint", () => {
  assert.equal(stringifyStat([{ bin: 2n ** 64n - 1n }]), '[{"bin":18446744073709551615}]');
});

Deno.test("stringifyStat() escapes half a surrogate pair", () => {
  assert.equal(stringifyStat([{ last_agt: "\ud800 \u{1f600}" }]), '[{"last_agt":"\\ud800 \u{1f600}"}]');
});
