/**
 * Whatever is asked for, in whatever order and at the same time: in the end exactly what is wanted runs, and nothing else.
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Definition } from "../../lib/process/definition.ts";
import { markOf } from "../../lib/process/leftovers.ts";
import { ProcessManager } from "../../lib/process/manager.ts";
import { systemProcess } from "../../lib/process/system_processes.ts";
import { ENVIRONMENT, freshMark, openFiles, pidsWith, until } from "./system.ts";

const NAMES = ["a", "b", "c"] as const;
type Name = typeof NAMES[number];

/** `b` waits for `a`; `c` does not end when it is asked to, and comes and goes. */
const DEFINITIONS: Readonly<Record<Name, Definition>> = {
  a: { name: "a", cmd: "sleep", args: ["60"], redirect_output: ["out"] },
  b: { name: "b", cmd: "sleep", args: ["60"], depends_on: { a: "started" }, redirect_input: true },
  c: { name: "c", cmd: "trap '' TERM; sleep 60; sleep 61", shell: true, graceful_timeout: 0.03 },
};

/** What is asked for; `pause` lets what was asked for before come about. */
type Step =
  | { readonly ask: "start" | "stop" | "restart" | "kill" | "end" | "commit"; readonly name: Name }
  | { readonly ask: "scale" | "update"; readonly name: Name; readonly to: number }
  | { readonly ask: "add" | "remove" }
  | { readonly ask: "pause"; readonly ms: number };

const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ ask: fc.constantFrom("start", "stop", "restart", "kill", "end", "commit"), name }),
  fc.record({ ask: fc.constantFrom("scale", "update"), name, to: fc.integer({ min: 0, max: 3 }) }),
  fc.constantFrom<Step>({ ask: "add" }, { ask: "remove" }, { ask: "start", name: "c" }),
  fc.record({ ask: fc.constant("pause"), ms: fc.integer({ min: 0, max: 30 }) }),
);

/** Asks, and waits for nothing but a pause. What cannot be done is no error here: names come and go. */
async function take(manager: ProcessManager, one: Step): Promise<void> {
  switch (one.ask) {
    case "pause":
      return await new Promise((resolve) => setTimeout(resolve, one.ms));
    case "scale":
      await manager.scale(one.name, { to: one.to });
      return;
    case "update":
      return await manager.update({ ...DEFINITIONS[one.name], numprocesses: one.to, env: { SETTINGS: `${one.to}` } });
    case "add":
      return await manager.add(DEFINITIONS.c);
    case "remove":
      return await manager.remove("c");
    case "kill":
      return manager.signal(one.name, 9);
    case "end":
      return await manager.stopProcess(manager.running(one.name)[0]?.pid ?? 0);
    case "commit":
      await (await manager.commit(one.name)).ended;
      return;
    default:
      return await manager[one.ask](one.name);
  }
}

/** Whether each name was last told to run; of those that come and go it is not known. */
function lastWords(steps: readonly Step[]): Map<Name, boolean> {
  const words = new Map<Name, boolean>([["a", true], ["b", true]]);
  for (const one of steps) {
    if (one.ask !== "start" && one.ask !== "stop" && one.ask !== "restart") continue;
    if (one.name !== "c") words.set(one.name, one.ask !== "stop");
  }
  return words;
}

/** Those that a manager has started; what they have started themselves leads no session. */
async function leadersWith(variable: string): Promise<number[]> {
  const leaders: number[] = [];
  for (const pid of await pidsWith(variable)) if ((await systemProcess(pid))?.session === pid) leaders.push(pid);
  return leaders.toSorted();
}

Deno.test("ProcessManager runs exactly what is wanted, whatever was asked for at the same time", async () => {
  const files = openFiles();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 16 }), async (steps) => {
      const { keeper, variable } = freshMark();
      {
        await using manager = new ProcessManager({
          environment: ENVIRONMENT,
          mark: await markOf(keeper),
          // Long enough that something else is asked for meanwhile.
          untilReady: (child) =>
            Promise.race([
              new Promise<undefined>((ready) => setTimeout(() => ready(undefined), 8)),
              child.ended.then(() => "ended"),
            ]),
        });
        await manager.add(DEFINITIONS.a);
        await manager.add(DEFINITIONS.b);
        const asked: Promise<void>[] = [];
        for (const one of steps) {
          const done = take(manager, one).catch(() => {});
          if (one.ask === "pause") await done;
          // It ends when it is ended.
          else if (one.ask !== "commit") asked.push(done);
        }
        await Promise.all(asked);
        for (const child of manager.running()) if (child.once) await manager.stopProcess(child.pid);
        const isOn = lastWords(steps);
        await until("what is wanted runs", () =>
          manager.names().every((one) => {
            const { state, running, numprocesses } = manager.status(one);
            if (state === "waiting") return running === 0 && !manager.status("a").active;
            if (state !== "ready") return state === "stopped" && running === 0;
            return running === numprocesses;
          }));
        for (const [one, on] of isOn) {
          const { state, numprocesses } = manager.status(one);
          assert.equal(state !== "stopped", on && numprocesses > 0, `${one} is ${state}`);
        }
        await until("just what is known runs", async () => {
          const known = manager.running().map(({ os_pid }) => os_pid);
          const kept = manager.names().reduce((sum, one) => sum + manager.status(one).running, 0);
          return known.length === kept && isDeepStrictEqual(known.toSorted(), await leadersWith(variable));
        });
        for (const { name, os_pid } of manager.running()) {
          const environ = await Deno.readTextFile(`/proc/${os_pid}/environ`);
          const { SETTINGS } = manager.definition(name).env ?? {};
          assert.equal(/(?:^|\0)SETTINGS=(\d)/.exec(environ)?.[1], SETTINGS, `${name} runs with old settings`);
        }
      }
      assert.deepEqual(await pidsWith(variable), []);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 25_000 },
  );
  assert.ok(openFiles() <= files);
});
