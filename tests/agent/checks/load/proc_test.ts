import assert from "node:assert/strict";
import {
  cgroupCpu,
  cgroupMemory,
  parseLoadAverage,
  parseMemory,
  parseStat,
} from "../../../../lib/agent/checks/load/proc.ts";

const STAT = `cpu  100 10 40 1000 200 5 15 30 7 3
cpu0 50 5 20 500 100 2 8 15 3 1
cpu1 50 5 20 500 100 3 7 15 4 2
intr 1 2 3
ctxt 99
`;

Deno.test("parseStat() counts stolen time as busy, waiting for disks as idle, and guests once", () => {
  assert.deepEqual(parseStat(STAT), { busy: 200, total: 1400, cores: 2 });
});

Deno.test("parseStat() refuses a file that is none", () => {
  assert.throws(() => parseStat("intr 1\n"), { code: "check_failed" });
});

Deno.test("parseLoadAverage() reads the first minute's", () => {
  assert.equal(parseLoadAverage("0.52 0.58 0.59 1/467 12345\n"), 0.52);
  assert.throws(() => parseLoadAverage("soon"), { code: "check_failed" });
});

Deno.test("parseMemory() does not count what the kernel can take back", () => {
  const text = "MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     600 kB\n";
  assert.deepEqual(parseMemory(text), { used: 400 * 1024, total: 1000 * 1024 });
  assert.throws(() => parseMemory("MemTotal: 1 kB\n"), { message: 'Cannot find "MemAvailable" in "/proc"' });
});

Deno.test("cgroupCpu() gives the quota as what there is", () => {
  const files = { "cpu.max": "150000 100000\n", "cpu.stat": "usage_usec 500000\nuser_usec 1\n" };
  assert.deepEqual(cgroupCpu(files, 2000), { busy: 500_000, total: 3_000_000 });
});

Deno.test("cgroupCpu() and cgroupMemory() are nothing without a limit", () => {
  assert.equal(cgroupCpu({ "cpu.max": "max 100000\n", "cpu.stat": "usage_usec 5\n" }, 1), undefined);
  assert.equal(cgroupCpu({}, 1), undefined);
  assert.equal(cgroupMemory({ "memory.max": "max\n", "memory.current": "5\n" }), undefined);
  assert.equal(cgroupMemory({}), undefined);
});

Deno.test("cgroupMemory() does not count file pages that can be dropped", () => {
  const files = { "memory.max": "1000\n", "memory.current": "700\n", "memory.stat": "anon 400\ninactive_file 200\n" };
  assert.deepEqual(cgroupMemory(files), { used: 500, total: 1000 });
});
