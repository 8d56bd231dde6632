import assert from "node:assert/strict";
import fc from "fast-check";
import { toProperties, toTable } from "../../../lib/cli/output/table.ts";

const plain = (columns: number) => ({ columns, hasColours: false });

Deno.test("toTable() puts numbers to the right and shows nothing as a dash", () => {
  const { text, hidden } = toTable(
    [{ name: "a", n: 5 }, { name: "longer", n: 1234 }, { name: null, n: undefined }],
    plain(80),
  );
  assert.equal(text, "name       n\na          5\nlonger  1234\n-          -\n");
  assert.deepEqual(hidden, []);
});

Deno.test("toTable() shows the most wanted columns that fit and tells which it left out", () => {
  const row = { be_id: 1, be_name: "web", srv_name: "s1", srv_addr: "10.0.0.1", srv_port: 80, op_state: "running" };
  const { text, hidden } = toTable([row], plain(30));
  assert.equal(text, "be_name  srv_name  srv_addr\nweb      s1        10.0.0.1\n");
  assert.deepEqual(hidden, ["srv_port", "op_state", "be_id"]);
});

Deno.test("toTable() shows the wanted columns of a wide answer where no terminal sets the width", () => {
  const { text } = toTable([{ pxname: "fe", svname: "FRONTEND", status: "OPEN", mystery: 1 }], plain(Infinity));
  assert.equal(text, "pxname  svname    status\nfe      FRONTEND  OPEN\n");
});

Deno.test("toTable() leaves out columns that every row leaves empty", () => {
  assert.equal(toTable([{ a: 1, b: null, c: [] }, { a: 2, b: "", c: undefined }], plain(80)).text, "a\n1\n2\n");
});

Deno.test("toTable() cuts what is too long and shows what could steer the terminal", () => {
  const { text } = toTable([{ uri: `/${"x".repeat(99)}` }, { uri: "\x1b[2J\r\n\u202eabc" }], plain(80));
  const [, first, second] = text.split("\n");
  assert.equal(first, `/${"x".repeat(46)}…`);
  assert.equal(second, "\\x1b[2J\\x0d\\x0a\\x202eabc");
});

Deno.test("toTable() keeps to the width, or to one column", () => {
  const row = fc.record({ a: fc.string(), b: fc.nat(), c: fc.string(), d: fc.array(fc.string()) });
  fc.assert(fc.property(fc.array(row, { minLength: 1 }), fc.integer({ min: 50, max: 120 }), (rows, columns) => {
    const { text } = toTable(rows, plain(columns));
    for (const line of text.split("\n")) assert.ok([...line].length <= columns, line);
    assert.equal(text.split("\n").length, rows.length + 2);
  }));
});

Deno.test("toProperties() shows a record as names and values", () => {
  assert.equal(toProperties({ Name: "HAProxy", Pid: 5, node: null }, plain(80)), "Name  HAProxy\nPid   5\nnode  -\n");
});
