/** Flags as files: which are set and cleared when, and that a reader never sees half of one. */

import assert from "node:assert/strict";
import { changeFlags, type FlagChanges, providerFlags, requirerFlags } from "../../../lib/services/juju/flags.ts";
import type { Service } from "../../../lib/services/service.ts";

const SERVICES: Service[] = [{ service: "web", units: [{ unit: "web/0", hosts: [{ hostname: "a", port: 80 }] }] }];
const TEXT = `${JSON.stringify(SERVICES)}\n`;

const RULES: readonly (readonly [what: string, changes: FlagChanges, expected: FlagChanges])[] = [
  ["a provider with somebody on the other side", providerFlags("www", true), { "www.available": "" }],
  ["a provider whom the last unit has left", providerFlags("www", false), { "www.available": null }],
  [
    "a requirer who is offered something new",
    requirerFlags("px", { isJoined: true, services: SERVICES, isChanged: true }),
    { "px.available": TEXT, "px.changed": TEXT },
  ],
  [
    "a requirer who is offered the same",
    requirerFlags("px", { isJoined: true, services: SERVICES, isChanged: false }),
    { "px.available": TEXT },
  ],
  [
    "a requirer whose units have no ports any more",
    requirerFlags("px", { isJoined: true, services: [], isChanged: true }),
    { "px.changed": "[]\n" },
  ],
  [
    "a requirer whom the last unit has left",
    requirerFlags("px", { isJoined: false, services: [], isChanged: true }),
    { "px.available": null, "px.changed": "[]\n" },
  ],
];

for (const [what, changes, expected] of RULES) {
  Deno.test(`flags are right for ${what}`, () => assert.deepEqual(changes, expected));
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await body(folder);
  await Deno.remove(folder, { recursive: true });
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("changeFlags() makes the directory, sets, clears and leaves nothing else behind", () =>
  inFolder(async (folder) => {
    const directory = `${folder}/run/flags`;
    assert.deepEqual(await changeFlags(directory, { "a.x": "1\n", "b.x": "" }), ["a.x", "b.x"]);
    assert.deepEqual(namesIn(directory), ["a.x", "b.x"]);
    assert.deepEqual(await changeFlags(directory, { "a.x": "2\n", "b.x": "", "c.x": null }), ["a.x"]);
    assert.equal(await Deno.readTextFile(`${directory}/a.x`), "2\n");
    assert.deepEqual(await changeFlags(directory, { "a.x": null }), ["a.x"]);
    assert.deepEqual(namesIn(directory), ["b.x"]);
  }));

Deno.test("changeFlags() does not touch a file that is as it should be", () =>
  inFolder(async (folder) => {
    await changeFlags(folder, { "a.x": "1" });
    const { ino } = await Deno.stat(`${folder}/a.x`);
    await changeFlags(folder, { "a.x": "1" });
    assert.equal((await Deno.stat(`${folder}/a.x`)).ino, ino);
    await changeFlags(folder, { "a.x": "2" });
    assert.notEqual((await Deno.stat(`${folder}/a.x`)).ino, ino, "another file has taken its place");
  }));

Deno.test("changeFlags() says what is in the way", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await assert.rejects(changeFlags(`${folder}/file`, { "a.x": "" }), {
      code: "flag_failed",
      message: /^Cannot change flag "a\.x" in ".*\/file": /,
    });
    await Deno.mkdir(`${folder}/a.x`);
    await assert.rejects(changeFlags(folder, { "a.x": "" }), { code: "flag_failed" });
    assert.deepEqual(namesIn(folder), ["a.x", "file"]);
    await assert.rejects(changeFlags(folder, { "../a.x": "" }), { code: "flag_failed" });
  }));
