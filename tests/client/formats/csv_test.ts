import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCsv } from "../../../lib/client/formats/csv.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const parse = (answer: string) => parseCsv("show stat", answer);

/** A field as HAProxy writes it: quoted only when it has to be. */
function encode(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

Deno.test("parseCsv() reads back any fields that HAProxy could write", () => {
  const rows = fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 3, maxLength: 3 }));
  fc.assert(fc.property(rows, (table) => {
    // The first field of a row is a name: an empty line would end the answer.
    const body = table.map((fields) => fields.map(encode).join(",") + ",\n").join("");
    assert.deepEqual(parse(`# a,b,c,\n${body}\n`).rows, table);
  }));
});

Deno.test("parseCsv() refuses a quote that is not closed, or closed before the field ends", () => {
  for (const row of ['"open,\n\n', '"a"b,\n', 'x,"', '"""']) {
    assert.throws(() => parse(`# a,\n${row}`), UnexpectedAnswer, row);
  }
});

Deno.test("parseCsv() refuses rows that are shorter or longer than the header", () => {
  assert.throws(() => parse("# a,b,\n1,\n"), UnexpectedAnswer);
  assert.throws(() => parse("# a,b,\n1,2,3,\n"), UnexpectedAnswer);
  assert.throws(() => parse("# a,b,\n1,2\n"), UnexpectedAnswer);
});

Deno.test("parseCsv() refuses anything behind the blank line", () => {
  assert.throws(() => parse("# a,\n1,\n\n2,\n"), UnexpectedAnswer);
});

testHostileAnswers("parseCsv", parse, captures("show_stat"));
