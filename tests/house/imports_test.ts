/** The import-direction test: the rules are in `rules.ts`. */

import assert from "node:assert/strict";
import { LIBRARY_FOLDERS, MAY_IMPORT, violations } from "./rules.ts";
import { readSource, readSources } from "./source.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("every import of the house goes the right way", async () => {
  const sources = await readSources(ROOT, ["lib", "main.ts", "mod.ts"]);
  assert.ok(sources.some((source) => source.path === "lib/errors.ts"), "the files are found");
  assert.deepEqual(violations(sources), []);
});

Deno.test("the table of folders has no circle and no unknown name", () => {
  const depth = (folder: string, above: string[]): number => {
    assert.ok(!above.includes(folder), `circle: ${[...above, folder].join(" > ")}`);
    const below = MAY_IMPORT[folder];
    assert.ok(below !== undefined, `unknown folder "${folder}"`);
    return 1 + Math.max(0, ...below.map((one) => depth(one, [...above, folder])));
  };
  for (const folder of Object.keys(MAY_IMPORT)) assert.ok(depth(folder, []) > 0);
  for (const folder of LIBRARY_FOLDERS) assert.ok(folder in MAY_IMPORT);
});

/** A made-up file, and the rule it breaks (none: it is as it should be). */
const MADE_UP: readonly (readonly [path: string, text: string, rule: RegExp | undefined])[] = [
  ["lib/client/a.ts", 'import { Socket } from "../socket/mod.ts";', undefined],
  ["lib/client/a.ts", 'import { Socket } from "../socket/socket.ts";', /through their mod\.ts/],
  ["lib/client/a.ts", 'import { listen } from "../net/mod.ts";', /"client" may not import "net"/],
  ["lib/client/a.ts", 'import { b } from "./deep/b.ts";', undefined],
  ["lib/client/a.ts", 'import { HappiError } from "../errors.ts";', undefined],
  ["lib/socket/a.ts", 'import type { Client } from "../client/mod.ts";', /"socket" may not import "client"/],
  ["lib/socket/a.ts", 'export * from "../client/mod.ts";', /may not import/],
  ["lib/socket/a.ts", 'export { Client } from "../client/mod.ts";', /may not import/],
  ["lib/socket/a.ts", 'export const x = await import("../client/mod.ts");', /may not import/],
  ["lib/socket/a.ts", "export const x = await import(name);", /must be readable/],
  ["lib/socket/a.ts", 'export let x: import("../client/mod.ts").Client;', /may not import/],
  ["lib/socket/a.ts", '// import "../client/mod.ts"\nexport const x = `import "../client/mod.ts"`;', undefined],
  ["lib/socket/a.ts", 'import { run } from "../../scripts/run.ts";', /not in lib\//],
  ["lib/agent/a.ts", 'import { Feed } from "../feed/mod.ts";', undefined],
  ["lib/agent/a.ts", 'import { Client } from "../client/mod.ts";', /may not import/],
  ["lib/server/a.ts", 'import { Agent } from "../agent/mod.ts";', undefined],
  ["lib/server/a.ts", 'import { x } from "../cli/mod.ts";', /may not import/],
  ["lib/novel/a.ts", 'import { x } from "../net/mod.ts";', /not in the table/],
  ["lib/errors.ts", 'import { x } from "./net/mod.ts";', /imports nothing/],
  ["main.ts", 'import { main } from "./lib/cli/mod.ts";', undefined],
  ["mod.ts", 'export * from "./lib/client/mod.ts";', undefined],
  ["mod.ts", 'export * from "./lib/client/client.ts";', /through their mod\.ts/],
  ["mod.ts", 'export * from "./lib/cli/mod.ts";', /may not import/],
  ["lib/client/formats/a.ts", 'import { b } from "./b.ts"; import { E } from "../../errors.ts";', undefined],
  ["lib/client/formats/a.ts", 'import { b } from "../b.ts";', /pure/],
  ["lib/client/formats/a.ts", 'import { Buffer } from "node:buffer";', /pure/],
  ["lib/client/formats/a.ts", "export const x = Deno.inspect(1);", /pure/],
  ["lib/client/formats/a.ts", "export let x: Deno.Conn;", /pure/],
  ["lib/agent/reply.ts", 'import { x } from "./agent.ts";', /pure/],
  ["lib/agent/routes.ts", 'import { Hono } from "hono"; import { cors } from "hono/cors";', undefined],
  ["lib/agent/agent.ts", 'import { Hono } from "hono";', /only "routes\.ts" may/],
  ["lib/agent/agent.ts", 'import { x } from "npm:left-pad";', /brings no package/],
  ["lib/server/a.ts", 'import * as v from "valibot";', undefined],
  ["lib/socket/a.ts", 'import { getLogger, type Logger } from "@logtape/logtape";', undefined],
  ["lib/socket/a.ts", 'import { configure as start } from "@logtape/logtape";', /only "getLogger"/],
  ["lib/socket/a.ts", 'import * as logtape from "@logtape/logtape";', /only "getLogger"/],
  ["lib/socket/a.ts", 'import { connect } from "node:net";', undefined],
  ["lib/server/a.ts", 'import process from "node:process";', /Deno's own/],
  ["lib/server/a.ts", "console.log(1);", /"console\.log": only cli/],
  ["lib/server/a.ts", "if (x) Deno.exit(1);", /"Deno\.exit": only cli/],
  ["lib/server/a.ts", 'const token = Deno.env.get("TOKEN");', /"Deno\.env": only cli/],
  ["lib/server/a.ts", "const { env } = Deno;", /"Deno": only cli/],
  ["lib/server/a.ts", "globalThis.Deno.exit();", /through another object/],
  ["lib/server/a.ts", '/** console.log(Deno.env) */\nexport const x = "Deno.exit(1)"; Deno.connect(y);', undefined],
  ["lib/cli/a.ts", "console.log(Deno.env.get('x')); Deno.exit(1);", undefined],
  ["main.ts", "Deno.exit(1);", undefined],
];

for (const [path, text, rule] of MADE_UP) {
  Deno.test(`violations() ${rule === undefined ? "allows" : "finds"} ${path}: ${text.replaceAll("\n", " ")}`, () => {
    const found = violations([readSource(path, text)]);
    if (rule === undefined) assert.deepEqual(found, []);
    else assert.match(found.join("\n"), rule);
  });
}
