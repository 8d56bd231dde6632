/** The lines of keys, in every way in which TOML lets them be written. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPath, Positions } from "../../lib/config/positions.ts";

const TEXT = `top = 1
"quoted key" = "a # no comment ] ["
'literal' = 'C:\\' # a comment = [
long = """
inner = 1
[not.a.table]
\\"""" # three quotes and one that is escaped
raw = '''
x = 1'''
dotted.'a.b'.c = { d = 1, e = [1, 2] }
list = [ # a comment ]
  { a = 1 }, { a = 2 },
  { a = "}" },
]
[table . sub]
key = 2024-01-01
[[many]]
a = 1
[[many.inner]]
b = 1
[[many]]
a = 2
[[many.inner]]
[[many.inner]]
b = 2
`;

/** A path, and its line. */
const LINES: readonly (readonly [path: (string | number)[], line: number])[] = [
  [["top"], 1],
  [["quoted key"], 2],
  [["literal"], 3],
  [["long"], 4],
  [["raw"], 8],
  [["dotted"], 10],
  [["dotted", "a.b", "c"], 10],
  [["dotted", "a.b", "c", "d"], 10],
  [["list"], 11],
  [["list", 0, "a"], 12],
  [["list", 1], 12],
  [["list", 2, "a"], 13],
  [["table", "sub", "key"], 16],
  [["table", "sub"], 15],
  [["many"], 17],
  [["many", 0, "a"], 18],
  [["many", 0, "inner", 0, "b"], 20],
  [["many", 1, "a"], 22],
  [["many", 1, "inner", 0], 23],
  [["many", 1, "inner", 1, "b"], 25],
  [["many", 1, "nothing"], 21],
];

const positions = new Positions(TEXT);

for (const [path, line] of LINES) {
  Deno.test(`lineOf() finds ${formatPath(path)} on line ${line}`, () => assert.equal(positions.lineOf(path), line));
}

Deno.test("lineOf() knows nothing of keys that are not there", () => {
  for (const path of [["inner"], ["not"], ["x"], ["nothing", "at", "all"], []]) {
    assert.equal(positions.lineOf(path), undefined);
  }
});

Deno.test("Positions reads any text to its end", () => {
  const piece = fc.constantFrom("[", "]", "{", "}", '"', "'", '"""', "'''", "=", ".", "#", "\n", " ", "a", "\\", ",");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void new Positions(pieces.join(""))),
    { numRuns: 2000, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
  );
});
