import assert from "node:assert/strict";
import { LOAD, loadKind } from "../../../lib/agent/checks/load.ts";
import { checkContext, forever } from "../target/peers.ts";

/** A host in a folder: what its files say can be changed between runs, and its clock is turned by hand. */
class FakeHost implements Disposable {
  readonly path = Deno.makeTempDirSync();
  now = 0;
  #busy = 0;
  #idle = 0;

  constructor() {
    this.set({ load: 0, memory: 50 });
    this.work(0, 0);
  }

  set({ load, memory }: { load: number; memory: number }): void {
    Deno.writeTextFileSync(`${this.path}/loadavg`, `${load.toFixed(2)} 0 0 1/2 3\n`);
    Deno.writeTextFileSync(`${this.path}/meminfo`, `MemTotal: 100 kB\nMemAvailable: ${100 - memory} kB\n`);
  }

  /** Lets time pass in which the two processors were so many ticks busy and idle. */
  work(busy: number, idle: number): void {
    this.#busy += busy;
    this.#idle += idle;
    this.now += (busy + idle) * 5;
    const line = `${this.#busy} 0 0 ${this.#idle} 0 0 0 0 0 0`;
    Deno.writeTextFileSync(`${this.path}/stat`, `cpu  ${line}\ncpu0 ${line}\ncpu1 ${line}\n`);
  }

  check(options: Record<string, unknown>) {
    const kind = loadKind({ procPath: this.path, cgroupPath: this.path, clock: () => this.now });
    return kind.make({ smooth: 0, ...options }, checkContext({ origin: "config" }));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("load says the weight of the measure that is worst", async () => {
  using host = new FakeHost();
  const check = host.check({});
  assert.deepEqual((await check.run(forever())).reply, { health: "up", weight: { percent: 100 } });
  host.work(60, 40);
  const busy = await check.run(forever());
  assert.deepEqual(busy.reply, { health: "up", weight: { percent: 40 } });
  assert.equal(busy.reason, "cpu is 60 %");
  host.set({ load: 5, memory: 50 });
  host.work(0, 100);
  const loaded = await check.run(forever());
  assert.deepEqual(loaded.reply, { health: "up", weight: { percent: 50 } });
  assert.equal(loaded.reason, "load is 2.5 per core");
  assert.deepEqual(loaded.facts, { cpu_percent: 0, load_per_core: 2.5, memory_percent: 50 });
});

Deno.test("load does not look at a measure that is off, and says 1 % at the end of a range", async () => {
  using host = new FakeHost();
  host.set({ load: 100, memory: 99 });
  const check = host.check({ load: "off", memory: "50-90", curve: "first_order" });
  assert.deepEqual((await check.run(forever())).reply, { health: "up", weight: { percent: 1 } });
});

Deno.test("load says 0 % only when that is allowed", async () => {
  using host = new FakeHost();
  host.set({ load: 0, memory: 99 });
  assert.deepEqual((await host.check({ allowZero: true }).run(forever())).reply, {
    health: "up",
    weight: { percent: 0 },
  });
});

Deno.test("load says down above a limit", async () => {
  using host = new FakeHost();
  host.set({ load: 0, memory: 97 });
  const { reply, reason } = await host.check({ downAboveMemory: 96 }).run(forever());
  assert.deepEqual(reply, { health: "down" });
  assert.equal(reason, "memory is 97 %, above 96 %");
});

Deno.test("load follows the processors slowly when smooth is given", async () => {
  using host = new FakeHost();
  const check = host.check({ smooth: "1s" });
  await check.run(forever());
  host.work(0, 200);
  assert.equal((await check.run(forever())).facts?.["cpu_percent"], 0);
  host.work(200, 0);
  // A second of full load after idleness: 1 - 1/e of the way.
  assert.equal((await check.run(forever())).facts?.["cpu_percent"], 63.21);
});

Deno.test("load takes a container's limits for its own", async () => {
  using host = new FakeHost();
  const write = (name: string, text: string) => Deno.writeTextFileSync(`${host.path}/${name}`, text);
  write("memory.max", "1000\n");
  write("memory.current", "890\n");
  write("cpu.max", "50000 100000\n");
  write("cpu.stat", "usage_usec 0\n");
  const check = host.check({});
  await check.run(forever());
  // Half a processor for a second is half a second; of it, 100 ms were used.
  host.work(200, 0);
  write("cpu.stat", "usage_usec 100000\n");
  assert.deepEqual((await check.run(forever())).facts, { cpu_percent: 20, load_per_core: 0, memory_percent: 89 });
});

Deno.test("load fails with the file's name where there is no /proc", async () => {
  using host = new FakeHost();
  Deno.removeSync(`${host.path}/loadavg`);
  await assert.rejects(host.check({}).run(forever()), {
    code: "check_failed",
    message: `Cannot read "${host.path}/loadavg": there is no such file`,
  });
});

Deno.test("load ends with its signal during its first look", async () => {
  using host = new FakeHost();
  await assert.rejects(host.check({}).run(AbortSignal.abort()), { code: "check_failed" });
});

Deno.test("load measures this very host", async () => {
  const { reply, facts } = await LOAD.make({}, checkContext({ origin: "wire" })).run(forever());
  assert.equal(reply.health, "up");
  assert.ok(Number(facts?.["memory_percent"]) > 0 && Number(facts?.["memory_percent"]) < 100);
  assert.ok(Number(facts?.["cpu_percent"]) >= 0 && Number(facts?.["cpu_percent"]) <= 100);
});

Deno.test("load refuses a range that is none", () => {
  for (const cpu of ["100-50", "50", "50-50", "-5-10", 7, null]) {
    assert.throws(() => LOAD.make({ cpu }, checkContext({ origin: "config" })), { code: "invalid_check" });
  }
});
