import assert from "node:assert/strict";
import { endLeftovers, endMarked, findLeftovers, markOf } from "../../lib/process/leftovers.ts";
import { freshMark, isAlive, pidsWith, until } from "./system.ts";

/** A happi of its own that keeps two, one of which has gone into a session of its own and does not listen. */
const KEEPER = `
import { markOf } from "${new URL("../../lib/process/leftovers.ts", import.meta.url)}";
import { ProcessManager } from "${new URL("../../lib/process/manager.ts", import.meta.url)}";
const manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" }, mark: await markOf(Deno.args[0] ?? "") });
await manager.add({ name: "plain", cmd: "sleep", args: ["60"] });
await manager.add({ name: "fork", shell: true, cmd: "setsid sh -c \\"trap '' TERM; sleep 61; sleep 62\\" & sleep 63" });
await manager.add({ name: "far", cmd: "sleep", args: ["20"], detach: true, env: { FAR: Deno.args[0] ?? "" } });
`;

interface OtherHappi extends AsyncDisposable {
  readonly pid: number;
  kill(): Promise<void>;
}

async function startKeeper(keeper: string): Promise<OtherHappi> {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, KEEPER);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, script, keeper],
    stdin: "null",
  }).spawn();
  const kill = async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // it was killed before
    }
    await child.status;
    await Deno.remove(script).catch(() => {});
  };
  await until("it keeps all of them", async () => (await pidsWith(`HAPPI_KEEPER=${keeper} `)).length >= 5, 20_000);
  return { pid: child.pid, kill, [Symbol.asyncDispose]: kill };
}

Deno.test("endLeftovers() ends what a happi that was killed has left, also what has gone into a session of its own", async () => {
  const { keeper, variable } = freshMark();
  await using other = await startKeeper(keeper);
  assert.deepEqual(await findLeftovers(keeper), [], "it lives");
  assert.deepEqual(await endLeftovers(keeper), []);
  const all = await pidsWith(variable);
  await other.kill();
  assert.deepEqual((await pidsWith(variable)).toSorted(), all.toSorted(), "nobody has ended them");
  const found = await endLeftovers(keeper, 300);
  assert.deepEqual(found.map(({ os_pid }) => os_pid).toSorted(), all.toSorted());
  assert.deepEqual([...new Set(found.map(({ keeper_pid }) => keeper_pid))], [other.pid]);
  assert.deepEqual(await pidsWith(variable), []);
  const [far, ...more] = await pidsWith(`FAR=${keeper}`);
  assert.ok(far !== undefined && more.length === 0, "what is detached goes on");
  Deno.kill(far, "SIGKILL");
});

Deno.test("endLeftovers() leaves those of another keeper and of a living one alone", async () => {
  const [mine, others] = [freshMark(), freshMark()];
  await using living = await startKeeper(mine.keeper);
  await using dead = await startKeeper(`${mine.keeper} 1 2`);
  await dead.kill();
  assert.ok(await isAlive(living.pid));
  assert.deepEqual(await endLeftovers(mine.keeper), []);
  assert.deepEqual(await endLeftovers(others.keeper), []);
  assert.ok((await pidsWith(`HAPPI_KEEPER=${mine.keeper} 1 2 `)).length >= 5, "its name only begins alike");
  await endLeftovers(`${mine.keeper} 1 2`, 50);
  const [, namespace] = await ownMark(mine.keeper);
  assert.ok((await pidsWith(`HAPPI_KEEPER=${mine.keeper} ${namespace} ${living.pid} `)).length >= 5);
  await living.kill();
  await endLeftovers(mine.keeper, 50);
  for (const pid of await pidsWith(`FAR=${mine.keeper}`)) Deno.kill(pid, "SIGKILL");
  await until("nothing is left", async () => (await pidsWith(mine.keeper)).length === 0);
});

Deno.test("endLeftovers() goes by the time of start: a number that was given away again is nobody's", async () => {
  const { keeper, variable } = freshMark();
  const [, namespace] = await ownMark(keeper);
  const env = { HAPPI_KEEPER: `${keeper} ${namespace} ${Deno.pid} 1` };
  const child = new Deno.Command("sleep", { args: ["60"], env, detached: true }).spawn();
  assert.deepEqual((await endLeftovers(keeper)).map(({ os_pid }) => os_pid), [child.pid]);
  assert.equal((await child.status).signal, "SIGTERM");
  assert.deepEqual(await pidsWith(variable), []);
});

Deno.test("endLeftovers() leaves those of a container's happi alone, whose numbers mean others here", async () => {
  const { keeper } = freshMark();
  const [, namespace] = await ownMark(keeper);
  const env = { HAPPI_KEEPER: `${keeper} ${Number(namespace) + 1} 1073741824 1` };
  const child = new Deno.Command("sleep", { args: ["60"], env, detached: true }).spawn();
  await until("it has its mark", async () => (await pidsWith(keeper)).includes(child.pid));
  assert.deepEqual(await endLeftovers(keeper, 50), []);
  assert.ok(await isAlive(child.pid));
  child.kill("SIGKILL");
  await child.status;
});

/** The words of this process's own mark. */
async function ownMark(keeper: string): Promise<string[]> {
  return (await markOf(keeper)).HAPPI_KEEPER?.split(" ") ?? [];
}

Deno.test("endLeftovers() takes no notice of marks that are none", async () => {
  const { keeper } = freshMark();
  const marks = [
    `${keeper}`,
    `${keeper} `,
    `${keeper} x y`,
    `${keeper} 1`,
    `${keeper} 1 1`,
    `x${keeper} 1 1 1`,
    `${keeper} 1 1 1 `,
  ];
  const children = marks.map((HAPPI_KEEPER) =>
    new Deno.Command("sleep", { args: ["60"], env: { HAPPI_KEEPER }, detached: true }).spawn()
  );
  assert.deepEqual(await endLeftovers(keeper, 50), []);
  for (const child of children) child.kill("SIGKILL");
  for (const child of children) await child.status;
});

Deno.test("endMarked() does not wait for zombies", async () => {
  const { keeper } = freshMark();
  const mark = await markOf(keeper);
  // A parent that never asks: what it has started ends, and stays as a zombie.
  const parent = new Deno.Command("sh", {
    args: ["-c", 'env "$0" sleep 0 & exec sleep 60', `HAPPI_KEEPER=${mark.HAPPI_KEEPER}`],
  })
    .spawn();
  await until("there is a zombie", async () => {
    const { stdout } = await new Deno.Command("ps", { args: ["--ppid", String(parent.pid), "-o", "stat="] }).output();
    return new TextDecoder().decode(stdout).startsWith("Z");
  });
  const began = performance.now();
  await endMarked(mark, 5_000);
  assert.ok(performance.now() - began < 4_000);
  parent.kill("SIGKILL");
  await parent.status;
});
