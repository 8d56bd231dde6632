import assert from "node:assert/strict";
import { cellText, columnsOf, flatRow, listOf, rowsOf } from "../../../lib/cli/output/rows.ts";

Deno.test("listOf() finds the list itself, and the list of an answer with a head", () => {
  assert.deepEqual(listOf([1, 2]), [1, 2]);
  assert.deepEqual(listOf({ version: 1, servers: [{ a: 1 }] }), [{ a: 1 }]);
  assert.deepEqual(listOf({ table: { name: "t" }, entries: [] }), []);
});

Deno.test("listOf() takes a record for what it is when its lists are not what it is about", () => {
  assert.equal(listOf({ filename: "a.pem", others: [{ key: "a", value: "b" }] }), undefined);
  assert.equal(listOf({ workers: [], old_workers: [] }), undefined);
  assert.equal(listOf("text"), undefined);
  assert.equal(listOf(null), undefined);
});

Deno.test("rowsOf() flattens one level of records", () => {
  assert.deepEqual(rowsOf([{ key: "a", data: { gpc0: 1, gpc1: 2n } }]), [{
    key: "a",
    "data.gpc0": 1,
    "data.gpc1": 2n,
  }]);
});

Deno.test("rowsOf() gives plain values a column of their own", () => {
  assert.deepEqual(rowsOf(["a", 1, null]), [{ value: "a" }, { value: 1 }, { value: null }]);
});

Deno.test("rowsOf() says no to what is deeper than that", () => {
  assert.equal(rowsOf([{ a: { b: { c: 1 } } }]), undefined);
  assert.equal(rowsOf([{ a: [{ b: 1 }] }]), undefined);
  assert.equal(rowsOf([[1, 2]]), undefined);
  assert.equal(flatRow({ a: [1, "b", null] })?.["a"]?.toString(), "1,b,");
});

Deno.test("columnsOf() has every column that any row has", () => {
  assert.deepEqual(columnsOf([{ a: 1 }, { b: 2, a: 3 }, { c: undefined }]), ["a", "b", "c"]);
});

Deno.test("cellText() writes lists with commas and nothing as nothing", () => {
  assert.deepEqual([null, undefined, [], ["a", null, 2n], true, 5n, ""].map(cellText), [
    "",
    "",
    "",
    "a,,2",
    "true",
    "5",
    "",
  ]);
});
