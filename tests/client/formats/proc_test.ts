import assert from "node:assert/strict";
import { parseProcesses, servingWorker } from "../../../lib/client/formats/proc.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const HEADER = "#<PID>          <type>          <reloads>       <uptime>        <version>      \n";
const AFTER_FAILURE =
  `${HEADER}21567           master          3 [failed: 1]   0d00h11m31s     3.2.26-1       \n# workers\n` +
  "# old workers\n27288           worker          1               0d00h00m01s     3.2.26-1       \n\n";

Deno.test("parseProcesses() reads master and worker of every version", () => {
  const read = captures("master_show_proc").map(parseProcesses);
  assert.deepEqual(
    read.map(({ master }) => [master.pid, master.reloads, master.failed_reloads, master.uptime, master.version]),
    [
      [21523, 0, 0, 23, "2.6.12-1+deb12u4"],
      [21539, 0, 0, 22, "3.0.11-1+deb13u3"],
      [21567, 0, 0, 5, "3.2.26-1"],
      [21591, 0, 0, 4, "3.4.0-64a335366"],
    ],
  );
  assert.deepEqual(read.map(({ workers }) => workers.map(({ pid }) => pid)), [[21526], [21548], [21573], [21594]]);
  assert.deepEqual(read.map((processes) => servingWorker(processes)?.pid), [21526, 21548, 21573, 21594]);
});

Deno.test("parseProcesses() reads the descriptors of show proc debug", () => {
  const [, , v32, v34] = captures("master_show_proc_debug").map(parseProcesses);
  assert.deepEqual([v32?.master.ipc_fd, v32?.workers[0]?.ipc_fd], [[5, 6], [3, -1]]);
  assert.deepEqual([v34?.master.version, v34?.master.ipc_fd], ["3.4.0-64a335366", [6, 7]]);
});

Deno.test("servingWorker() finds the worker that still serves after a failed reload of 3.2", () => {
  const processes = parseProcesses(AFTER_FAILURE);
  assert.deepEqual(processes.workers, []);
  assert.equal(servingWorker(processes)?.pid, 27288);
});

testHostileAnswers("parseProcesses", parseProcesses, [
  AFTER_FAILURE,
  ...captures("master_show_proc"),
  ...captures("master_show_proc_debug"),
]);
