import assert from "node:assert/strict";
import { historyPath, MAX_LINES, openHistory } from "../../../lib/cli/shell/history.ts";

const environment = (variables: Readonly<Record<string, string>>) => ({ variable: (name: string) => variables[name] });

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("historyPath() is in the state folder, or nowhere without a home", () => {
  assert.equal(historyPath(environment({ XDG_STATE_HOME: "/state", HOME: "/home/x" })), "/state/happi/history");
  assert.equal(historyPath(environment({ HOME: "/home/x" })), "/home/x/.local/state/happi/history");
  assert.equal(historyPath(environment({})), undefined);
});

Deno.test("openHistory() gives back what was added, the newest first, in a file of its owner's", () =>
  withFolder(async (folder) => {
    const own = environment({ XDG_STATE_HOME: `${folder}/state` });
    const history = await openHistory(own);
    assert.deepEqual(history.lines, []);
    await history.add("show info");
    await history.add("show stat");
    assert.deepEqual((await openHistory(own)).lines, ["show stat", "show info"]);
    assert.equal(((await Deno.stat(`${folder}/state/happi/history`)).mode ?? 0) & 0o777, 0o600);
    assert.equal(((await Deno.stat(`${folder}/state/happi`)).mode ?? 0) & 0o777, 0o700);
  }));

Deno.test("openHistory() keeps the newest lines of a file that has grown", () =>
  withFolder(async (folder) => {
    const own = environment({ XDG_STATE_HOME: folder });
    await (await openHistory(own)).add("first");
    const lines = Array.from({ length: 3 * MAX_LINES }, (_, at) => `line ${at}`);
    await Deno.writeTextFile(`${folder}/happi/history`, lines.join("\n") + "\n");
    const history = await openHistory(own);
    assert.equal(history.lines.length, MAX_LINES);
    assert.equal(history.lines[0], `line ${3 * MAX_LINES - 1}`);
    assert.equal((await Deno.readTextFile(`${folder}/happi/history`)).trimEnd().split("\n").length, MAX_LINES);
    assert.equal(((await Deno.stat(`${folder}/happi/history`)).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("openHistory() does without a folder that cannot be had", async () => {
  const history = await openHistory(environment({ XDG_STATE_HOME: "/proc/nothing/here" }));
  await history.add("show info");
  assert.deepEqual(history.lines, []);
});
