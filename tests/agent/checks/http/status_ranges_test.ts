import assert from "node:assert/strict";
import { isWithin, parseStatusRanges } from "../../../../lib/agent/checks/http/status_ranges.ts";

Deno.test("parseStatusRanges() reads single ones, ranges and hundreds", () => {
  const ranges = parseStatusRanges("200-204, 304,4XX") ?? { text: "", ranges: [] };
  const inside = [199, 200, 203, 204, 205, 303, 304, 399, 400, 499, 500].filter((status) => isWithin(status, ranges));
  assert.deepEqual(inside, [200, 203, 204, 304, 400, 499]);
});

Deno.test("parseStatusRanges() refuses what is none", () => {
  for (const text of ["", ",", "20", "2000", "204-200", "abc", "200-", "0xx", "200;304", "-200"]) {
    assert.equal(parseStatusRanges(text), undefined, text);
  }
});
