/**
 * The kernel's files about processes: what this machine writes, and what programs do to theirs.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  parseMemory,
  parseProgram,
  parseStat,
  parseTotalMemory,
  parseUptime,
} from "../../../lib/process/facts/proc_files.ts";

Deno.test("parseStat() reads what the kernel writes of this process", async () => {
  const stat = parseStat(await Deno.readTextFile("/proc/self/stat"));
  assert.ok(stat !== undefined);
  assert.deepEqual([stat.pid, stat.parent, stat.nice], [Deno.pid, Deno.ppid, 0]);
  assert.ok(stat.threads > 1 && stat.startTicks > 0 && stat.userTicks > 0);
});

Deno.test("parseStat() keeps any name that a program gives itself", () => {
  fc.assert(fc.property(fc.string({ maxLength: 15 }), (name) => {
    const stat = parseStat(`7 (${name}) Z 3 7 7 0 -1 0 0 0 0 0 11 12 13 14 20 -5 2 0 99 0 0\n`);
    assert.deepEqual(stat, {
      pid: 7,
      comm: name,
      state: "Z",
      parent: 3,
      userTicks: 11,
      systemTicks: 12,
      childrenTicks: 27,
      nice: -5,
      threads: 2,
      startTicks: 99,
    });
  }));
});

for (const text of ["", "7", "7 (x", "7 (x) S 1 2", ")("]) {
  Deno.test(`parseStat() gives nothing for ${JSON.stringify(text)}`, () => assert.equal(parseStat(text), undefined));
}

Deno.test("parseMemory() reads what the kernel writes of this process", async () => {
  const { residentBytes, virtualBytes, uid } = parseMemory(await Deno.readTextFile("/proc/self/status"));
  assert.equal(uid, Deno.uid());
  assert.ok(residentBytes > 10_000_000 && virtualBytes > residentBytes);
});

Deno.test("parseMemory() gives 0 for a process without memory", () => {
  assert.deepEqual(parseMemory("Name:\tx\nState:\tZ (zombie)\nUid:\t0\t0\t0\t0\n"), {
    residentBytes: 0,
    virtualBytes: 0,
    uid: 0,
  });
});

Deno.test("parseMemory() is not taken in by a name that looks like a size", () => {
  assert.equal(parseMemory("Name:\tVmRSS: 5 kB\nUid:\t1\t2\t2\t2\n").residentBytes, 0);
});

for (
  const [text, program] of [
    ["/usr/bin/sleep\x0060\0", "sleep"],
    ["sleep\0", "sleep"],
    ["/opt/my app/run it\0-x\0", "run it"],
    ["postgres: writer process   ", "postgres:"],
    ["\0\0", "comm"],
    ["/usr/bin/\0", "comm"],
    ["", "comm"],
  ] as const
) {
  Deno.test(`parseProgram() takes ${JSON.stringify(text)} for "${program}"`, () => {
    assert.equal(parseProgram(text, "comm"), program);
  });
}

Deno.test("parseTotalMemory() and parseUptime() read this machine's", async () => {
  const { total } = Deno.systemMemoryInfo();
  assert.equal(parseTotalMemory(await Deno.readTextFile("/proc/meminfo")), total);
  assert.ok(parseUptime(await Deno.readTextFile("/proc/uptime")) > 0);
  assert.deepEqual([parseTotalMemory(""), parseUptime("")], [0, 0]);
});
