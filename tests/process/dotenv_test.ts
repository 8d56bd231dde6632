/** Files of variables. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidEnvFile, readEnvFile } from "../../lib/process/dotenv.ts";

/** Lines, and what they mean. */
const LINES: readonly (readonly [line: string, value: string])[] = [
  ["A=b", "b"],
  ["  export A = b  ", "b"],
  ["A=", ""],
  ["A=b c", "b c"],
  ["A=b # why", "b"],
  ["A=b#c", "b#c"],
  ["A=# why", ""],
  ["A='b # $C \\n' # why", "b # $C \\n"],
  ['A="b # \\"c\\" \\\\ \\n \\$D \\x" # why', 'b # "c" \\ \n $D \\x'],
  ['A=b"c"d', "bcd"],
  ["A=b=c", "b=c"],
  ["A=$B ${C}", "$B ${C}"],
];

for (const [line, value] of LINES) {
  Deno.test(`readEnvFile() reads ${line}`, () => assert.deepEqual(readEnvFile(`${line}\r\n`), { A: value }));
}

Deno.test("readEnvFile() takes the last of a name, and leaves comments out", () => {
  assert.deepEqual(readEnvFile("\ufeffA=1\n\n # B=2\nA=3"), { A: "3" });
});

Deno.test("readEnvFile() names every line that is wrong, and never a value", () => {
  assert.throws(
    () => readEnvFile('secret\nA=\'secret\n1A=secret\nB="secret" more\nC=x\0secret\n', "prod.env"),
    (thrown) =>
      thrown instanceof InvalidEnvFile && !thrown.message.includes("secret") &&
      thrown.message === 'Cannot use "prod.env": line 1 must be "KEY=VALUE"; ' +
          'line 2, "A", has a quote that is not closed on it; line 3 must be "KEY=VALUE"; ' +
          'line 4, "B", has a quote that is not closed on it; line 5, "C", has a NUL byte',
  );
});

Deno.test("readEnvFile() gives any text back that is quoted for it", () => {
  fc.assert(fc.property(fc.string(), (value) => {
    const text = value.replaceAll("\0", "");
    const quoted = text.replace(/["\\$]/g, (one) => `\\${one}`).replaceAll("\n", "\\n").replaceAll("\r", "\\r");
    assert.deepEqual(readEnvFile(`A="${quoted}"`), { A: text });
  }));
});
