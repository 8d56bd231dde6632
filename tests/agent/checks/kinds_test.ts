import assert from "node:assert/strict";
import { CHECK_KINDS } from "../../../lib/agent/checks/kinds.ts";

Deno.test("every kind has a name of its own, a summary, and wire fields among its options", () => {
  assert.equal(new Set(CHECK_KINDS.map(({ name }) => name)).size, CHECK_KINDS.length);
  for (const { name, summary, isOnWire, wireFields, options } of CHECK_KINDS) {
    assert.match(name, /^[a-z][a-z0-9_]*$/);
    assert.match(summary, /^[^A-Z].*[^.]$/, name);
    for (const field of wireFields) assert.ok(field in options, `${name}: ${field}`);
    for (const [option, about] of Object.entries(options)) {
      assert.match(option, /^[a-z][A-Za-z0-9]*$/, name);
      assert.match(about, /^\S.*[^.]$/, `${name}: ${option}`);
    }
    if (!isOnWire) assert.deepEqual(wireFields, [], name);
  }
});

Deno.test("no option of a kind has the name of a key that every check has", () => {
  const common = ["kind", "name", "maxAge", "every", "deadline", "onDeadline", "rise", "fall", "minDwell", "group"];
  const reserved = new Set([...common, "onUp", "onDown", "staleFor"]);
  for (const { name, options } of CHECK_KINDS) {
    assert.deepEqual(Object.keys(options).filter((option) => reserved.has(option)), [], name);
  }
});

Deno.test("the chain checks can be named on the wire, all but the one that asks many", () => {
  const onWire = (name: string) => CHECK_KINDS.find((kind) => kind.name === name)?.isOnWire;
  for (const name of ["v1", "v2", "atomic", "debug", "lib", "chain_id", "eth"]) assert.equal(onWire(name), true, name);
  assert.equal(onWire("peers"), false);
});
