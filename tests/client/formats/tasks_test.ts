import assert from "node:assert/strict";
import { parseTasks } from "../../../lib/client/formats/tasks.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseTasks() reads the empty table of every version", () => {
  for (const answer of captures("show_tasks")) {
    assert.deepEqual(parseTasks(answer), { running: 0, threads: 2, rows: [] });
  }
});

const BUSY = "Running tasks: 4 (2 threads)\n  function                     places     %    lat_tot   lat_avg\n" +
  "  process_stream                    3   75.0   1.234us   411.0ns\n  task_run_applet+0x2               1   25.0         -         -\n\n";

Deno.test("parseTasks() reads cells by the header", () => {
  assert.deepEqual(parseTasks(BUSY).rows[1], {
    function: "task_run_applet+0x2",
    cells: { places: "1", "%": "25.0", lat_tot: "-", lat_avg: "-" },
  });
});

testHostileAnswers("parseTasks", parseTasks, [BUSY]);
