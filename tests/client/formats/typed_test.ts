import assert from "node:assert/strict";
import { parseInfo } from "../../../lib/client/formats/info.ts";
import { parseStat } from "../../../lib/client/formats/stat.ts";
import { parseTypedInfo, parseTypedStat } from "../../../lib/client/formats/typed.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseTypedStat() gives the same objects and names as the CSV of the same HAProxy", () => {
  for (const version of VERSIONS) {
    const rows = parseStat(capture(version, "show_stat"));
    for (const file of ["show_stat_typed", "show_stat_typed_desc"]) {
      const objects = parseTypedStat(capture(version, file));
      assert.equal(objects.length, rows.length);
      objects.forEach(({ kind, iid, sid, fields }, nth) => {
        const row = rows[nth];
        const named = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
        assert.deepEqual([kind, iid, sid], [row?.kind, row?.iid, row?.sid]);
        for (const name of ["pxname", "svname", "mode", "addr", "cookie", "slim", "check_rise"]) {
          assert.equal(named[name] ?? null, row?.[name], `${version} ${name}`);
        }
      });
    }
  }
});

Deno.test("parseTypedStat() has descriptions when asked for, and a persistence since 3.3", () => {
  for (const version of VERSIONS) {
    const plain = parseTypedStat(capture(version, "show_stat_typed")).flatMap(({ fields }) => fields);
    const described = parseTypedStat(capture(version, "show_stat_typed_desc")).flatMap(({ fields }) => fields);
    assert.ok(plain.every((field) => !("description" in field)));
    assert.ok(described.every(({ description }) => typeof description === "string" && description !== ""));
    assert.ok(plain.every((field) => ("persistence" in field) === (version === "3.4")));
  }
});

Deno.test("parseTypedStat() keeps colons, quotes and line feeds in free text", () => {
  const [server] = parseTypedStat(
    'S.2.1.56.last_chk.1:MOP:str:a:"b": c\nS.2.1.57.last_agt.1:MOP:str:warns\n\nS.2.1.58.qtime.1:MaP:u32:3\n\n',
  );
  assert.deepEqual(server?.fields.map(({ value }) => value), ['a:"b": c', "warns\n", 3]);
});

Deno.test("parseTypedInfo() gives the same values as the plain answer of the same HAProxy", () => {
  for (const version of VERSIONS) {
    const info = parseInfo(capture(version, "show_info"));
    for (const file of ["show_info_typed", "show_info_typed_desc"]) {
      const fields = parseTypedInfo(capture(version, file));
      for (const name of ["Name", "Version", "Pid", "node", "description", "Maxconn", "Memmax_bytes"]) {
        assert.equal(fields.find((field) => field.name === name)?.value, info[name], `${version} ${name}`);
      }
    }
  }
});

testHostileAnswers("parseTypedInfo", parseTypedInfo, [
  ...captures("show_info_typed"),
  ...captures("show_info_typed_desc"),
]);
testHostileAnswers(
  "parseTypedStat",
  // A line is a value; the object around it is no row of its own.
  (answer) => parseTypedStat(answer).flatMap(({ fields }) => fields),
  captures("show_stat_typed").map((answer) => answer.split("\n").slice(0, 300).join("\n")),
);
