import assert from "node:assert/strict";
import type { PatternDocument } from "../../../lib/services/reload/mod.ts";
import { planPatterns } from "../../../lib/services/reload/pattern_plan.ts";

const found = (kind: "map" | "acl", ...texts: string[]) => ({
  backends: new Set<string>(),
  servers: new Map(),
  patterns: new Map([[`${kind} f`, { lines: texts.map((text, index) => ({ id: `0x${index}`, text })) }]]),
});

const map = (more: Partial<PatternDocument>): PatternDocument => {
  return { kind: "map", name: "f", base: "file", entries: [], without: [], ...more };
};

Deno.test("planPatterns() adds what the file does not have, and leaves what it has", () => {
  const document = map({ entries: [["a", ["1"]], ["b c", ["2 3"]]] });
  const { lines, why } = planPatterns(document, found("map", "a 1", "x 9"));
  assert.deepEqual(lines, ["add map f b\\ c 2\\ 3"]);
  assert.deepEqual(why, ['"b c" is not "2 3"']);
  assert.deepEqual(planPatterns(document, found("map", "a 1", "b c 2 3")).lines, []);
});

Deno.test("planPatterns() sets one entry in place, so that no lookup finds nothing", () => {
  const document = map({ entries: [["a", ["2"]]], without: ["a"] });
  assert.deepEqual(planPatterns(document, found("map", "x 1", "a 1")).lines, ["set map f #0x1 2"]);
});

Deno.test("planPatterns() adds before it deletes where a key has several entries", () => {
  const document = map({ entries: [["a", ["3"]]], without: ["a"] });
  assert.deepEqual(planPatterns(document, found("map", "a 1", "a 2")).lines, [
    "add map f a 3",
    "del map f #0x0",
    "del map f #0x1",
  ]);
});

Deno.test("planPatterns() deletes again what was deleted, and nothing that starts like it", () => {
  const document: PatternDocument = { ...map({ without: ["a"] }), kind: "acl" };
  assert.deepEqual(planPatterns(document, found("acl", "a", "ab", "a b")).lines, ["del acl f #0x0"]);
});

Deno.test("planPatterns() replaces as a whole what was replaced, and says what is otherwise", () => {
  const document = map({ base: "empty", entries: [["a", ["1"]], ["b", ["2"]]] });
  assert.deepEqual(planPatterns(document, found("map", "b 2", "a 1")).why, []);
  const { isApart, why } = planPatterns(document, found("map", "b 2", "c 3"));
  assert.deepEqual([isApart, why], [true, ['"a 1" is not there', '"c 3" is there']]);
});

Deno.test("planPatterns() says that a file is not there, or was too large to be remembered", () => {
  assert.equal(planPatterns(map({ name: "g" }), found("map")).missing, "there is no such map");
  assert.match(planPatterns(map({ is_too_large: true }), found("map")).missing ?? "", /more entries than/);
});
