import assert from "node:assert/strict";
import { render } from "../../../lib/cli/output/format.ts";
import { UsageError } from "../../../lib/cli/usage_error.ts";

const PIPE = { isTerminal: false, columns: 80, hasColours: false };
const TERMINAL = { isTerminal: true, columns: 80, hasColours: false };
const SERVERS = { version: 1, servers: [{ be_name: "web", srv_name: "s1" }, { be_name: "web", srv_name: "s2" }] };

Deno.test("render() writes compact JSON into a pipe, and indented JSON on a terminal that asks for it", () => {
  assert.equal(render(SERVERS, undefined, PIPE).text, `${JSON.stringify(SERVERS)}\n`);
  assert.equal(render(SERVERS, "json", TERMINAL).text, `${JSON.stringify(SERVERS, undefined, 2)}\n`);
});

Deno.test("render() shows a list as a table on a terminal", () => {
  assert.equal(render(SERVERS, undefined, TERMINAL).text, "be_name  srv_name\nweb      s1\nweb      s2\n");
});

Deno.test("render() shows a flat record as names and values, a deep one as JSON", () => {
  assert.equal(render({ weight: 5, initial: 10 }, undefined, TERMINAL).text, "weight   5\ninitial  10\n");
  assert.equal(
    render({ a: { b: { c: 1 } } }, undefined, TERMINAL).text,
    '{\n  "a": {\n    "b": {\n      "c": 1\n    }\n  }\n}\n',
  );
});

Deno.test("render() shows text as words on a terminal and as JSON elsewhere", () => {
  assert.equal(render("New server registered.", undefined, TERMINAL).text, "New server registered.\n");
  assert.equal(render("New server registered.", undefined, PIPE).text, '"New server registered."\n');
  assert.equal(render("", undefined, TERMINAL).text, "ok\n");
});

Deno.test("render() writes nothing for nothing, and ok on a terminal", () => {
  assert.deepEqual(render(undefined, undefined, PIPE), { text: "" });
  assert.deepEqual(render(undefined, "json", PIPE), { text: "" });
  assert.deepEqual(render(undefined, undefined, TERMINAL), { text: "ok\n" });
});

Deno.test("render() writes a line an item as NDJSON", () => {
  assert.equal(render(SERVERS, "ndjson", PIPE).text, SERVERS.servers.map((one) => `${JSON.stringify(one)}\n`).join(""));
  assert.equal(render({ a: 1 }, "ndjson", PIPE).text, '{"a":1}\n');
});

Deno.test("render() writes CSV for lists and flat records", () => {
  assert.equal(render(SERVERS, "csv", PIPE).text, "be_name,srv_name\nweb,s1\nweb,s2\n");
  assert.equal(render({ weight: 5, initial: 10 }, "csv", PIPE).text, "weight,initial\n5,10\n");
});

Deno.test("render() says that an empty list is empty, beside the output", () => {
  assert.deepEqual(render([], undefined, TERMINAL), { text: "", note: "none" });
  assert.equal(render([], undefined, PIPE).text, "[]\n");
});

Deno.test("render() tells how many columns a table had no room for", () => {
  const wide = [Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`column_${at}`, at]))];
  assert.match(render(wide, undefined, TERMINAL).note ?? "", /^12 more columns: /);
});

Deno.test("render() refuses a format that does not fit", () => {
  for (const format of ["csv", "table"] as const) {
    assert.throws(() => render({ a: { b: { c: 1 } } }, format, PIPE), UsageError);
  }
});
