import assert from "node:assert/strict";
import {
  duration,
  flag,
  hostPort,
  httpUrl,
  integer,
  list,
  oneOf,
  type OptionType,
  text,
} from "../../../lib/agent/checks/option_types.ts";

/** A sort of value, with what it reads and what it makes of it. */
const READ: readonly (readonly [string, OptionType<unknown>, readonly (readonly [unknown, unknown])[]])[] = [
  ["text()", text(3), [["a", "a"], ["abc", "abc"], ["abcd", undefined], ["", undefined], ["a\nb", undefined], [
    5,
    undefined,
  ]]],
  ["integer()", integer(-5, 10), [
    [5, 5],
    ["5", 5],
    ["-5", -5],
    ["+5", 5],
    [11, undefined],
    [1.5, undefined],
    ["1.5", undefined],
    ["", undefined],
    ["0x5", undefined],
    [" 5", undefined],
    [true, undefined],
    [null, undefined],
    [NaN, undefined],
  ]],
  ["duration()", duration(1, 3_600_000), [
    [1500, 1500],
    ["1500", 1500],
    ["1.5s", 1500],
    ["500ms", 500],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["2h", undefined],
    [0, undefined],
    ["-1s", undefined],
    ["1 s", undefined],
    ["1e3", undefined],
    ["s", undefined],
    [Infinity, undefined],
    [["5"], undefined],
  ]],
  ["flag", flag, [
    [true, true],
    [false, false],
    ["true", true],
    ["Yes", true],
    ["off", false],
    ["0", false],
    ["maybe", undefined],
    ["constructor", undefined],
  ]],
  ["list()", list(integer(0, 9), 3), [
    [[1, 2], [1, 2]],
    ["1, 2,3", [1, 2, 3]],
    ["1", [1]],
    [[], undefined],
    ["1,,2", undefined],
    ["1,2,3,4", undefined],
    [[1, "x"], undefined],
    [{ 0: 1 }, undefined],
  ]],
  ["oneOf()", oneOf(["up", "down"]), [["up", "up"], ["UP", undefined], ["", undefined], [["up"], undefined]]],
  ["hostPort", hostPort, [
    ["10.0.0.1:25", { host: "10.0.0.1", port: 25 }],
    ["Mail.Example.:25", { host: "mail.example", port: 25 }],
    ["[::1]:25", { host: "::1", port: 25 }],
    ["::1:25", undefined],
    ["a", undefined],
    ["a:0", undefined],
    ["a:65536", undefined],
    ["a@b:1", undefined],
    [":1", undefined],
  ]],
];

for (const [name, type, cases] of READ) {
  Deno.test(`${name} reads what fits`, () => {
    for (const [value, expected] of cases) assert.deepEqual(type.read(value), expected, JSON.stringify(value));
    assert.match(type.wanted, /^(a |an |one of |true )/);
  });
}

Deno.test("httpUrl reads URLs of text only", () => {
  assert.equal(httpUrl.read("http://a:80/b")?.href, "http://a/b");
  for (const value of ["a", "http://u@a", 5, null, `http://a/${"b".repeat(2048)}`]) {
    assert.equal(httpUrl.read(value), undefined);
  }
});
