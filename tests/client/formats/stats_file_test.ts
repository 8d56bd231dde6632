import assert from "node:assert/strict";
import { parseStatsFile } from "../../../lib/client/formats/stats_file.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseStatsFile() reads the sections of 3.0 and later", () => {
  for (const answer of captures("dump_stats-file", ["3.0", "3.2", "3.4"])) {
    const sections = parseStatsFile(answer);
    assert.deepEqual(sections.map(({ type, rows }) => [type, rows.length]), [["fe", 0], ["be", 1]]);
    const [row] = sections[1]?.rows ?? [];
    assert.deepEqual([row?.guid, row?.counters["stot"], row?.counters["bin"]], ["be-static-guid", 2, 173]);
    assert.equal(Object.keys(row?.counters ?? {}).length, sections[1]?.columns.length);
  }
});

testHostileAnswers("parseStatsFile", parseStatsFile, captures("dump_stats-file", ["3.0", "3.2", "3.4"]));
