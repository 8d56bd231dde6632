import assert from "node:assert/strict";
import { readFormat } from "../../../lib/services/sources/formats.ts";

Deno.test("readFormat() refuses a key that is there twice, wherever it is", async () => {
  for (const text of ["web: 1\nweb: 2\n", "services: {web: {}, web: {}}\n", "- {a: 1}\n- {a: 1, b: 2, b: 3}\n"]) {
    await assert.rejects(readFormat(text, "yaml", "f.yaml"), /it is no YAML: the key "\w+" is there twice$/);
  }
  assert.deepEqual(await readFormat("- {a: 1}\n- {a: 2}\n", "yaml", "f.yaml"), [{ a: 1 }, { a: 2 }]);
});

Deno.test("readFormat() refuses aliases of aliases that would fill the memory, and what is nested without end", async () => {
  const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${"*l" + level}, *l${level}]`);
  const lines = ["l0: &l0 [x, x]", ...levels].join("\n").replaceAll(/\[(\*l\d), /g, "[$1, $1, $1, $1, $1, $1, $1, ");
  await assert.rejects(readFormat(lines, "yaml", "f.yaml"), /Excessive alias count/);
  await assert.rejects(readFormat("[".repeat(20_000), "yaml", "f.yaml"), /it is no YAML/);
  await assert.rejects(readFormat(`a = ${"[".repeat(20_000)}`, "toml", "f.toml"), /it is no TOML/);
});

Deno.test("readFormat() follows a few aliases", async () => {
  assert.deepEqual(await readFormat("a: &a {x: 1}\nb: *a\n", "yaml", "f.yaml"), { a: { x: 1 }, b: { x: 1 } });
});
