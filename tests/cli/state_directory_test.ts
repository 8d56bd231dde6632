/** Where the store is kept. */

import assert from "node:assert/strict";
import { openState, stateDirectories } from "../../lib/cli/state_directory.ts";

/** What was asked for, the environment, and the directories that are tried. */
const CASES: readonly (readonly [string | undefined, Record<string, string>, readonly string[]])[] = [
  ["/asked", { STATE_DIRECTORY: "/systemd", HOME: "/home/ana" }, ["/asked"]],
  [undefined, { STATE_DIRECTORY: "/systemd:/more", HOME: "/home/ana" }, ["/systemd"]],
  [undefined, { HOME: "/home/ana" }, ["/var/lib/happi", "/home/ana/.local/state/happi"]],
  [undefined, { HOME: "/home/ana", XDG_STATE_HOME: "/x" }, ["/var/lib/happi", "/x/happi"]],
  [undefined, {}, ["/var/lib/happi"]],
];

for (const [asked, variables, directories] of CASES) {
  Deno.test(`stateDirectories() are ${directories.join(", ")}`, () => {
    assert.deepEqual(stateDirectories({ variable: (name) => variables[name] }, asked), directories);
  });
}

Deno.test("openState() gives a store of the directory, or one in memory", async () => {
  const folder = await Deno.makeTempDir();
  const environment = { variable: () => undefined };
  {
    const { store, directory } = await openState(environment, `${folder}/state`);
    await using _store = store;
    assert.deepEqual([store.isLasting, directory], [true, `${folder}/state`]);
  }
  await Deno.writeTextFile(`${folder}/file`, "");
  const { store, directory } = await openState(environment, `${folder}/file`);
  await using _store = store;
  assert.deepEqual([store.isLasting, directory], [false, undefined]);
  await Deno.remove(folder, { recursive: true });
});
