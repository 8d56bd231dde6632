import assert from "node:assert/strict";
import { findAccount } from "../../lib/process/accounts.ts";
import type { Definition } from "../../lib/process/definition.ts";
import { markOf } from "../../lib/process/leftovers.ts";
import { ProcessManager, type ProcessManagerOptions } from "../../lib/process/manager.ts";
import type { ProcessEvent } from "../../lib/process/manager_face.ts";
import { ENVIRONMENT, freshMark, isAlive, openFiles, pidsWith, until } from "./system.ts";

const NAP: Definition = { name: "nap", cmd: "sleep", args: ["60"] };

async function withManager(
  use: (manager: ProcessManager) => Promise<void>,
  options: ProcessManagerOptions = {},
): Promise<void> {
  const { keeper, variable } = freshMark();
  const files = openFiles();
  {
    await using manager = new ProcessManager({ environment: ENVIRONMENT, mark: await markOf(keeper), ...options });
    await use(manager);
  }
  assert.deepEqual(await pidsWith(variable), [], "processes are left");
  assert.ok(openFiles() <= files, "files are left open");
}

function pidsOf(manager: ProcessManager, name?: string): number[] {
  return manager.running(name).map(({ pid }) => pid);
}

/** What has happened so far, in one word each. */
function eventsOf(manager: ProcessManager, ...kinds: string[]): string[] {
  return manager.events.latest().map(({ value }) => value)
    .filter(({ event }) => kinds.length === 0 || kinds.includes(event)).map(({ event, pid }) =>
      pid === undefined ? event : `${event} ${pid}`
    );
}

async function nextEvent(manager: ProcessManager, event: string): Promise<ProcessEvent> {
  for await (const item of manager.events.read({ after: 0 })) {
    if (item.kind === "record" && item.record.value.event === event) return item.record.value;
  }
  throw new Error(`the events end without "${event}"`);
}

Deno.test("ProcessManager.add() starts as many as wanted, numbered from 1", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, numprocesses: 2 });
    await manager.add({ ...NAP, name: "other" });
    assert.deepEqual(pidsOf(manager), [1, 2, 3]);
    assert.deepEqual(manager.names(), ["nap", "other"]);
    const { reason, ...status } = manager.status("nap");
    assert.deepEqual(status, { name: "nap", active: true, running: 2, numprocesses: 2, state: "ready" });
    assert.equal(reason, "");
    await manager.stop("nap");
    assert.deepEqual(pidsOf(manager), [3]);
    assert.equal(manager.status("nap").state, "stopped");
  }));

Deno.test("ProcessManager.add() refuses what is there, what no user may be, and rings; nothing is left of it", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, start: false, depends_on: { web: "started" } });
    await assert.rejects(manager.add(NAP), { code: "process_exists" });
    await assert.rejects(manager.add({ ...NAP, name: "x", uid: "no-such-user" }), { code: "invalid_definition" });
    await assert.rejects(manager.add({ ...NAP, name: "x", cmd: "'", args: ["$A"] }), { code: "invalid_definition" });
    await assert.rejects(manager.add({ ...NAP, name: "web", depends_on: { nap: "ready" } }), {
      code: "invalid_definition",
      message: /each other: "nap", "web", "nap"/,
    });
    assert.deepEqual(manager.names(), ["nap"]);
    assert.deepEqual(eventsOf(manager), ["create"]);
    const added = await Promise.allSettled([1, 2, 3].map(() => manager.add({ ...NAP, name: "once" })));
    assert.deepEqual(added.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
    assert.deepEqual(pidsOf(manager, "once").length, 1);
  }));

Deno.test("ProcessManager says what cannot be found", () =>
  withManager(async (manager) => {
    const missing = { code: "process_not_found", message: /Cannot find process "nope": there is none/ };
    for (const what of ["start", "stop", "restart", "remove", "commit"] as const) {
      await assert.rejects(manager[what]("nope"), missing);
    }
    await assert.rejects(manager.update({ ...NAP, name: "nope" }), missing);
    await assert.rejects(manager.scale("nope", { by: 1 }), missing);
    for (const what of ["definition", "status", "running"] as const) {
      assert.throws(() => manager[what]("nope"), missing);
    }
    assert.throws(() => manager.process(9), { code: "process_not_found", message: /pid "9"/ });
    assert.throws(() => manager.group("nope"), { message: /group "nope"/ });
  }));

Deno.test("ProcessManager.groups() goes by the name's beginning and the field", () =>
  withManager(async (manager) => {
    for (const name of ["a:x", "a:y", "b", "c:z:1"]) await manager.add({ ...NAP, name, start: false });
    await manager.add({ ...NAP, name: "d", group: "a", start: false });
    assert.deepEqual(manager.groups(), ["a", "c"]);
    assert.deepEqual(manager.group("a"), ["a:x", "a:y", "d"]);
  }));

Deno.test("ProcessManager tells what happens in the seed's words and order", () =>
  withManager(async (manager) => {
    await manager.add(NAP);
    await manager.scale("nap", { by: 1 });
    await manager.scale("nap", { by: -1 });
    await until("one is gone", () => eventsOf(manager, "exit").length === 1);
    await manager.stop("nap");
    await manager.stop("nap");
    await manager.remove("nap");
    const [first] = manager.events.latest();
    assert.deepEqual(first?.value, { event: "create", name: "nap" });
    assert.deepEqual(eventsOf(manager), [
      ...["create", "start", "spawn 1", "update", "spawn 2", "update", "reap 1", "exit 1"],
      ...["stop", "reap 2", "exit 2", "delete"],
    ]);
    const { os_pid, ...exit } = await nextEvent(manager, "exit");
    assert.equal(typeof os_pid, "number");
    assert.deepEqual(exit, { event: "exit", name: "nap", pid: 1, exit_status: 143, term_signal: 15, once: false });
  }));

Deno.test("ProcessManager puts another in the place of one that ends", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, numprocesses: 2 });
    manager.signalProcess(1, 9);
    await until("another runs", () => pidsOf(manager).join() === "2,3");
    assert.equal((await nextEvent(manager, "exit")).term_signal, 9);
    await manager.stopProcess(2);
    await until("another runs", () => pidsOf(manager).join() === "3,4");
    assert.deepEqual(eventsOf(manager, "stop_pid", "reap"), ["stop_pid 2"]);
  }));

Deno.test("ProcessManager.scale() ends the oldest first, and goes no lower than 0", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, numprocesses: 3 });
    assert.equal(await manager.scale("nap", { by: -2 }), 1);
    await until("two have ended", () => pidsOf(manager).join() === "3");
    assert.equal(await manager.scale("nap", { by: -5 }), 0);
    await until("all have ended", () => pidsOf(manager).length === 0);
    assert.equal(await manager.scale("nap", { to: 2 }), 2);
    assert.deepEqual(pidsOf(manager), [4, 5]);
    for (const to of [1001, 1.5, NaN]) {
      await assert.rejects(manager.scale("nap", { to }), { code: "invalid_definition" });
    }
    assert.deepEqual(pidsOf(manager), [4, 5]);
  }));

Deno.test("ProcessManager.start() starts again what was stopped, and another time nothing", () =>
  withManager(async (manager) => {
    await manager.add(NAP);
    await manager.stop("nap");
    await manager.start("nap");
    await manager.start("nap");
    assert.deepEqual(pidsOf(manager), [2]);
    assert.deepEqual(eventsOf(manager, "start", "stop"), ["start", "stop", "start"]);
  }));

Deno.test("ProcessManager.restart() starts the new before it ends the old", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, numprocesses: 2 });
    await manager.restart("nap");
    await until("the old have ended", () => pidsOf(manager).join() === "3,4");
    assert.deepEqual(eventsOf(manager, "spawn", "reap"), [
      "spawn 1",
      "spawn 2",
      "spawn 3",
      "spawn 4",
      "reap 1",
      "reap 2",
    ]);
  }));

Deno.test("ProcessManager.restart() keeps the old when the new cannot be started", async () => {
  const folder = await Deno.makeTempDir();
  const program = `${folder}/program`;
  await Deno.copyFile("/bin/sleep", program);
  await withManager(async (manager) => {
    await manager.add({ ...NAP, cmd: program, numprocesses: 2 });
    await Deno.remove(program);
    await assert.rejects(manager.restart("nap"), { code: "cannot_start", message: /program.*; the old go on$/ });
    assert.deepEqual(pidsOf(manager), [1, 2]);
    assert.equal(manager.status("nap").state, "ready");
    await Deno.copyFile("/bin/sleep", program);
    await manager.restart("nap");
    await until("the old have ended", () => pidsOf(manager).length === 2 && !pidsOf(manager).includes(1));
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("ProcessManager.restart() keeps the old when the new do not get ready, and waits for those that do", async () => {
  let answer: string | undefined = undefined;
  const gates: (() => void)[] = [];
  const untilReady = () => new Promise<string | undefined>((resolve) => gates.push(() => resolve(answer)));
  const open = async (count: number) => {
    await until("they are asked about", () => gates.length === count);
    for (const gate of gates.splice(0)) gate();
  };
  await withManager(async (manager) => {
    await manager.add(NAP);
    await open(1);
    answer = "it does not answer";
    const failing = manager.restart("nap").catch((thrown) => thrown);
    await open(1);
    assert.match((await failing).message, /the new processes are not ready: it does not answer; the old go on/);
    await until("the new has ended", () => pidsOf(manager).join() === "1");
    answer = undefined;
    const working = manager.restart("nap");
    await until("the new runs", () => pidsOf(manager).join() === "1,3");
    await open(1);
    await working;
    await until("the old has ended", () => pidsOf(manager).join() === "3");
  }, { untilReady });
});

Deno.test("ProcessManager.stop() overtakes a restart that waits for its new ones", () =>
  withManager(async (manager) => {
    await manager.add(NAP);
    const restarting = manager.restart("nap");
    await until("both run", () => pidsOf(manager).length === 2);
    await manager.stop("nap");
    assert.deepEqual(pidsOf(manager), []);
    await manager.remove("nap");
    assert.deepEqual(manager.names(), []);
    void restarting;
  }, {
    untilReady: (child) => child.ended.then(() => "it has ended"),
  }));

Deno.test("ProcessManager.update() ends all that is old before it starts the new, also for those that depend on it", () =>
  withManager(async (manager) => {
    const overlaps: string[] = [];
    await manager.add({ ...NAP, name: "db", numprocesses: 2 });
    await manager.add({ ...NAP, depends_on: { db: "ready" } });
    const watching = (async () => {
      for await (const item of manager.events.read()) {
        if (item.kind !== "record" || item.record.value.event !== "spawn") continue;
        overlaps.push(pidsOf(manager, "db").join());
      }
    })();
    await manager.update({ ...NAP, name: "db", args: ["61"], numprocesses: 2 });
    assert.equal(pidsOf(manager, "db").length, 2);
    assert.deepEqual(manager.definition("db").args, ["61"]);
    assert.equal(pidsOf(manager, "nap").length, 1, "what has started stays");
    await manager.update({ ...NAP, depends_on: { db: "ready" }, args: ["62"] });
    assert.equal(manager.status("nap").state, "ready");
    manager.events.close();
    await watching;
    assert.deepEqual(overlaps.slice(0, 2), ["4", "4,5"]);
  }));

Deno.test("ProcessManager.update() leaves what is stopped stopped", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, start: false });
    await manager.update({ ...NAP, args: ["61"] });
    assert.equal(manager.status("nap").state, "stopped");
    await manager.start("nap");
    assert.match(await Deno.readTextFile(`/proc/${manager.running("nap")[0]?.os_pid}/cmdline`), /61/);
  }));

Deno.test("ProcessManager.commit() runs once beside what is kept, with its own environment", () =>
  withManager(async (manager) => {
    const cmd = 'echo "$A $B"; [ "$A" = 2 ] && exit 5; sleep 60';
    await manager.add({ name: "job", cmd, shell: true, env: { A: "1", B: "b" }, redirect_output: ["out"] });
    const once = await manager.commit("job", { env: { A: "2" } });
    assert.equal(once.once, true);
    await once.ended;
    assert.deepEqual(once.exit, { exit_status: 5, term_signal: 0 });
    assert.equal(new TextDecoder().decode(once.outputs.get("out")?.latest()[0]?.value), "2 b\n");
    assert.deepEqual(pidsOf(manager), [1], "nothing takes its place");
    const longer = await manager.commit("job");
    await manager.remove("job");
    assert.equal(longer.state, "exited", "it does not outlive its definition");
  }));

Deno.test("ProcessManager keeps what waits for others from starting, and says for whom", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, depends_on: { db: "started", setup: "exited_ok" } });
    assert.equal(manager.status("nap").state, "waiting");
    assert.equal(manager.status("nap").reason, 'it waits for "db" to be defined');
    await manager.add({ ...NAP, name: "db" });
    assert.equal(manager.status("nap").reason, 'it waits for "setup" to be defined');
    await manager.add({ name: "setup", cmd: "true", restart: "never" });
    await until("it runs", () => manager.status("nap").state === "ready");
    assert.equal(manager.status("setup").state, "exited");
  }));

Deno.test("ProcessManager.stop() and remove() end the waiting for others", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, depends_on: { db: "ready" } });
    await manager.add({ ...NAP, name: "two", depends_on: { db: "ready" } });
    await manager.stop("nap");
    await manager.remove("two");
    await manager.add({ ...NAP, name: "db" });
    await manager.add({ ...NAP, name: "three", depends_on: { db: "ready" } });
    await until("the third runs", () => manager.status("three").state === "ready");
    assert.equal(manager.status("nap").state, "stopped");
    assert.deepEqual(pidsOf(manager, "nap"), []);
  }));

Deno.test("ProcessManager does not start what depends on one that has failed", () =>
  withManager(async (manager) => {
    await manager.add({ name: "setup", cmd: "false", restart: "never" });
    await manager.add({ ...NAP, depends_on: { setup: "exited_ok" } });
    await until("it has failed", () => manager.status("setup").state === "exited");
    assert.equal(manager.status("setup").reason, "process 1 has ended with status 1");
    assert.equal(manager.status("nap").reason, 'it waits for "setup" to end with status 0');
  }));

for (
  const [restart, line, starts] of [
    ["never", "exit 1", 1],
    ["on_failure", "exit 0", 1],
    ["on_failure", "exit 1", 2],
    ["always", "exit 0", 2],
  ] as const
) {
  Deno.test(`ProcessManager starts "${line}" ${starts === 1 ? "once" : "again"} with restart "${restart}"`, () =>
    withManager(async (manager) => {
      await manager.add({ name: "job", cmd: line, shell: true, restart });
      await until("it has ended", () => eventsOf(manager, "exit").length >= starts);
      if (starts === 1) assert.equal(manager.status("job").state, "exited");
      assert.ok(eventsOf(manager, "spawn").length >= starts);
      if (starts === 1) assert.equal(eventsOf(manager, "spawn").length, 1);
    }));
}

Deno.test("ProcessManager gives a flapping process up, and a start begins anew", () =>
  withManager(async (manager) => {
    const flapping = { attempts: 2, window: 5, retry_in: 0.05, max_retry: 1 };
    await manager.add({ name: "flap", cmd: "false", flapping });
    await until("it is given up", () => manager.status("flap").state === "given_up");
    assert.equal(eventsOf(manager, "flap").length, 2);
    assert.equal(eventsOf(manager, "spawn").length, 4);
    assert.match(manager.status("flap").reason, /has ended with status 1/);
    await manager.start("flap");
    await until("it is given up again", () =>
      eventsOf(manager, "spawn").length === 8 && manager.status("flap").state === "given_up");
  }));

Deno.test("ProcessManager.stop() cancels the retry of a flapping process", () =>
  withManager(async (manager) => {
    const flapping = { attempts: 1, window: 5, retry_in: 0.1, max_retry: 5 };
    await manager.add({ name: "flap", cmd: "false", flapping });
    await until("it rests", () => manager.status("flap").state === "resting");
    await manager.stop("flap");
    const spawned = eventsOf(manager, "spawn").length;
    // Another that rests as long, and comes back, shows that the time has passed.
    await manager.add({ name: "other", cmd: "false", flapping });
    await until("the other came back", () => eventsOf(manager, "spawn").length >= spawned + 2);
    assert.equal(manager.status("flap").state, "stopped");
    assert.equal(manager.running("flap").length, 0);
  }));

Deno.test("ProcessManager tries a program that is missing again, and says why it does not run", async () => {
  const folder = await Deno.makeTempDir();
  await withManager(async (manager) => {
    await manager.add({ ...NAP, cmd: `${folder}/program` });
    assert.equal(manager.status("nap").active, false);
    assert.match(manager.status("nap").reason, /Cannot start process "nap": .*program/);
    await Deno.copyFile("/bin/sleep", `${folder}/program`);
    await until("it runs", () => manager.status("nap").state === "ready");
    assert.equal(manager.status("nap").reason, "");
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("ProcessManager tells when a definition begins and ceases to serve, one at a time, and waits before it ends", async () => {
  const told: string[] = [];
  let busy = 0;
  const onServing = async ({ name }: Definition, serving: string) => {
    assert.equal(++busy, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    told.push(`${name} ${serving} ${manager?.running(name).filter(({ state }) => state === "ready").length}`);
    busy--;
  };
  let manager: ProcessManager | undefined;
  await withManager(async (made) => {
    manager = made;
    await made.add(NAP);
    await until("it serves", () => told.length === 1);
    made.signal("nap", 9);
    await until("it serves again", () => told.length === 3);
    await made.restart("nap");
    await until("one is left", () => pidsOf(made).length === 1);
    await made.stopProcess(pidsOf(made)[0] ?? 0);
    await until("it serves again", () => told.length === 5);
    await made.stop("nap");
  }, { onServing });
  assert.deepEqual(told, ["nap yes 1", "nap lost 0", "nap yes 1", "nap no 1", "nap yes 1", "nap no 1"]);
});

Deno.test("ProcessManager.startAll() starts by priority, not what is not to start; stopAll() ends those first that depend on others", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, name: "web", start: false, depends_on: { db: "ready" } });
    await manager.add({ ...NAP, name: "never", start: false });
    await manager.add({ ...NAP, name: "late", priority: 9, start: true });
    await manager.add({ ...NAP, name: "db", priority: 1, start: true });
    await manager.stopAll();
    await manager.start("web");
    await manager.startAll();
    await until("web runs", () => manager.status("web").state === "ready");
    const names = (kind: string) =>
      manager.events.latest().map(({ value }) => value).filter(({ event }) => event === kind).map(({ name }) => name);
    assert.deepEqual(new Set(names("spawn").slice(2)), new Set(["db", "late", "web"]));
    assert.ok(names("spawn").indexOf("db", 2) < names("spawn").indexOf("late", 2));
    const before = names("reap").length;
    await manager.stopAll();
    assert.deepEqual(new Set(names("reap").slice(before, before + 2)), new Set(["web", "late"]));
    assert.equal(names("reap").at(-1), "db");
    assert.deepEqual(pidsOf(manager), []);
  }));

Deno.test("ProcessManager leaves detached processes running and unmarked, and starts nothing once it is closed", async () => {
  const { keeper, variable } = freshMark();
  const manager = new ProcessManager({ environment: ENVIRONMENT, mark: await markOf(keeper) });
  await manager.add({ ...NAP, name: "far", detach: true });
  await manager.add(NAP);
  const [far] = manager.running("far");
  assert.ok(far);
  assert.equal((await pidsWith(variable)).length, 1);
  const spawns = manager.events.latest().map(({ value }) => value).filter(({ event }) => event === "spawn");
  assert.deepEqual(spawns.map(({ detached }) => detached), [true, false]);
  await manager[Symbol.asyncDispose]();
  assert.ok(await isAlive(far.os_pid));
  assert.deepEqual(await pidsWith(variable), []);
  for (const what of ["start", "restart", "commit"] as const) {
    await assert.rejects(manager[what]("nap"), { code: "cannot_start", message: /happi is being stopped/ });
  }
  Deno.kill(far.os_pid, "SIGKILL");
  await until("its end is known", () => far.exit !== undefined);
});

Deno.test("ProcessManager.stopAll() also ends what has left its group for a session of its own", async () => {
  const { keeper, variable } = freshMark();
  const cmd = "setsid sh -c \"trap '' TERM; sleep 60; sleep 61\" & setsid sleep 62 & sleep 63";
  {
    await using manager = new ProcessManager({ environment: ENVIRONMENT, mark: await markOf(keeper) });
    await manager.add({ name: "fork", cmd, shell: true });
    await until("all run", async () => (await pidsWith(variable)).length >= 4);
  }
  assert.deepEqual(await pidsWith(variable), []);
});

Deno.test("ProcessManager runs a hook when it is asked to, and at no other time", () =>
  withManager(async (manager) => {
    await manager.add({ name: "check", cmd: "true", before: "haproxy-reload" });
    await manager.startAll();
    await manager.start("check");
    await manager.restart("check");
    assert.deepEqual(eventsOf(manager, "spawn"), []);
    assert.equal(manager.status("check").state, "stopped");
    assert.equal(manager.status("check").reason, 'it is run before "haproxy-reload"');
    const [result] = await manager.runHooks("before", "haproxy-reload");
    assert.equal(result?.ok, true);
    assert.deepEqual(eventsOf(manager, "spawn"), ["spawn 1"]);
  }));

Deno.test("ProcessManager.killAll() kills all at once, and nothing takes their place", () =>
  withManager(async (manager) => {
    await manager.add({ name: "deaf", cmd: "trap '' TERM; sleep 60; sleep 61", shell: true, numprocesses: 2 });
    const all = manager.running();
    manager.killAll();
    await Promise.all(all.map(({ ended }) => ended));
    assert.deepEqual(all.map(({ exit }) => exit?.term_signal), [9, 9]);
    await manager.stop("deaf");
    assert.deepEqual(pidsOf(manager), []);
  }));

Deno.test("ProcessManager counts what a process writes, also what nobody keeps any more", () =>
  withManager(async (manager) => {
    const cmd = "head -c 3000000 /dev/zero; head -c 500 /dev/zero >&2";
    await manager.add({
      name: "loud",
      cmd,
      shell: true,
      redirect_output: ["out", "err"],
      restart: "never",
      start: false,
    });
    const once = await manager.commit("loud");
    await once.ended;
    assert.equal(once.output_bytes, 3_000_500);
  }));

Deno.test("ProcessManager.startAll() starts nothing more once it is being disposed", () =>
  withManager(async (manager) => {
    for (const name of ["a", "b", "c"]) await manager.add({ ...NAP, name, start: true });
    await manager.stopAll();
    const started = manager.startAll();
    await manager[Symbol.asyncDispose]();
    await started;
    assert.deepEqual(manager.names().map((name) => manager.status(name).state), ["stopped", "stopped", "stopped"]);
  }));

Deno.test("ProcessManager.commit() refuses when too many runs of one are not over yet", () =>
  withManager(async (manager) => {
    await manager.add({ ...NAP, start: false });
    await manager.commit("nap");
    await manager.commit("nap");
    await assert.rejects(manager.commit("nap"), { code: "cannot_start", message: /2 runs of it are not over yet/ });
  }, { mostRuns: 2 }));

Deno.test("a process of another user has that user's HOME, unless its env says otherwise", () =>
  withManager(async (manager) => {
    const line = "echo $HOME $USER $LOGNAME; sleep 60";
    const one = { ...NAP, cmd: line, args: [], shell: true, redirect_output: ["out"], uid: Deno.uid() ?? 0 };
    await manager.add({ ...one, name: "own", ready: { log: " " } });
    await manager.add({ ...one, name: "said", env: { HOME: "/elsewhere" }, ready: { log: " " } });
    await until("both say it", () => ["own", "said"].every((name) => manager.status(name).state === "ready"));
    const said = manager.running().map(({ outputs }) =>
      (outputs.get("out")?.latest() ?? []).map(({ value }) => new TextDecoder().decode(value)).join("").trim()
    );
    const account = await findAccount({ uid: Deno.uid() ?? 0 });
    const { HOME, USER, LOGNAME } = account.env ?? {};
    assert.deepEqual(said, [`${HOME} ${USER} ${LOGNAME}`, `/elsewhere ${USER} ${LOGNAME}`]);
  }));
