import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseInfo, readInfoLines } from "../../../lib/client/formats/info.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseInfo() reads all lines of every version", () => {
  for (const version of VERSIONS) {
    const answer = capture(version, "show_info");
    const info = parseInfo(answer);
    assert.equal(Object.keys(info).length, answer.trimEnd().split("\n").length);
    assert.equal(info.Name, "HAProxy");
    assert.ok(info.Version.startsWith(`${version}.`), info.Version);
    assert.equal(info.node, `node-${version}`);
    assert.equal(info.description, 'host, with "quotes" and commas');
    assert.equal(info.TotalSplicedBytesOut, 0);
    assert.equal(info["Unstoppable Jobs"], 1);
    assert.equal(typeof info.CurrConns, "number");
  }
  for (const version of ["2.8", "3.1", "3.3", "3.5"]) {
    const answer = Deno.readTextFileSync(new URL(`../../captures/${version}/show_info.txt`, import.meta.url));
    assert.ok(parseInfo(answer).Version.startsWith(version), version);
  }
});

Deno.test("parseInfo() keeps fractions when asked for float", () => {
  for (const answer of captures("show_info_float")) {
    const { Uptime_sec, Version } = parseInfo(answer);
    assert.ok(typeof Uptime_sec === "number" && !Number.isInteger(Uptime_sec));
    assert.equal(typeof Version, "string");
  }
});

Deno.test("parseInfo() refuses descriptions, which belong to the typed form", () => {
  for (const answer of captures("show_info_desc")) assert.throws(() => parseInfo(answer), UnexpectedAnswer);
});

Deno.test("readInfoLines() keeps text that looks like a number", () => {
  const values = readInfoLines("node: 123\ndescription: 7\nTasks: 7\nNew: x\nEmpty: \n");
  assert.deepEqual([...values.values()], ["123", "7", 7, "x", ""]);
});

Deno.test("readInfoLines() reads a quoted value over several lines", () => {
  const values = readInfoLines('description: "one\ntwo, ""three"""\nTasks: 7\n');
  assert.deepEqual([...values], [["description", 'one\ntwo, "three"'], ["Tasks", 7]]);
  assert.throws(() => readInfoLines('description: "one\nTasks: 7\n'), UnexpectedAnswer);
});

testHostileAnswers("parseInfo", parseInfo, captures("show_info"));
