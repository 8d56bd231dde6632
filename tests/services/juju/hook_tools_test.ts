/** Hook tools as programs: how they are called, and what is said when they are not there, say no or say nonsense. */

import assert from "node:assert/strict";
import { hookTools } from "../../../lib/services/juju/hook_tools.ts";
import { standIn, type StandInOptions } from "../../peers/juju/stand_in.ts";

async function withTools(
  options: StandInOptions,
  body: (tools: ReturnType<typeof hookTools>, juju: Awaited<ReturnType<typeof standIn>>) => Promise<void>,
): Promise<void> {
  await using juju = await standIn(options);
  await juju.relate("website:1", {
    ingress: "10.1.0.1",
    own: { port: "80" },
    units: { "web/0": { hostname: 'a "b" é' } },
  });
  await body(hookTools({ env: juju.variables }), juju);
}

Deno.test("hookTools() asks and says with the arguments that Juju's tools take", () =>
  withTools({}, async (tools, juju) => {
    assert.deepEqual(await tools.relationIds("website"), ["website:1"]);
    assert.deepEqual(await tools.relationIds("other"), []);
    assert.deepEqual(await tools.relationList("website:1"), ["web/0"]);
    assert.deepEqual(await tools.relationGet("website:1", "web/0"), { hostname: 'a "b" é' });
    assert.deepEqual((await tools.networkGet("website", "website:1"))["ingress-addresses"], ["10.1.0.1"]);
    assert.equal(await tools.unitGet("private-address"), "10.9.9.9");
    const text = "- {a: 'x=y'}\n- $HOME `id` \"\\\n";
    await tools.relationSet("website:1", { services: text, port: "" });
    assert.deepEqual(await juju.databag("website:1"), { services: text });
    assert.deepEqual((await juju.calls()).at(-1), ["relation-set", "-r", "website:1", `services=${text}`, "port="]);
  }));

Deno.test("hookTools() says which tool is missing", () =>
  withTools({ tools: ["relation-ids"] }, async (tools) => {
    await assert.rejects(tools.networkGet("website", "website:1"), {
      code: "hook_tool_missing",
      message: 'Cannot run "network-get": there is no such hook tool in the PATH of this hook',
    });
  }));

Deno.test("hookTools() hands on what a tool says against it", () =>
  withTools({}, async (tools, { variables }) => {
    await assert.rejects(tools.relationGet("website:1", "web/9"), {
      code: "hook_tool_failed",
      message: 'Cannot run "relation-get --format json -r website:1 - web/9": it says "ERROR permission denied"',
    });
    const { JUJU_CONTEXT_ID: _, ...outside } = variables;
    await assert.rejects(hookTools({ env: outside }).relationIds("website"), /it says "ERROR JUJU_CONTEXT_ID not set"/);
  }));

for (
  const [garbage, why] of [
    ["website:1", /its answer is no JSON: "website:1"/],
    ['{"a": 1}', /its answer is unexpected: "{"a":1}"/],
    ["[1]", /its answer is unexpected: "\[1\]"/],
  ] as const
) {
  Deno.test(`hookTools() refuses ${garbage} as a list of relations`, () =>
    withTools({ garbage: { "relation-ids": garbage } }, async (tools) => {
      await assert.rejects(tools.relationIds("website"), why);
    }));
}

Deno.test("hookTools() takes null and nothing at all as nothing, as old versions of Juju say it", () =>
  withTools({ garbage: { "relation-ids": "null", "relation-list": "", "unit-get": "null\n" } }, async (tools) => {
    assert.deepEqual(await tools.relationIds("website"), []);
    assert.deepEqual(await tools.relationList("website:1"), []);
    assert.equal(await tools.unitGet("private-address"), undefined);
  }));

/** A tool that waits until it is killed, and says on a FIFO when it does. */
async function withStuckTool(body: (PATH: string, started: Promise<string>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await new Deno.Command("mkfifo", { args: [`${folder}/started`] }).output();
  const script = `#!/bin/sh\necho yes > ${folder}/started\nexec sleep 600\n`;
  await Deno.writeTextFile(`${folder}/relation-ids`, script, { mode: 0o755 });
  await body(`${folder}:/usr/bin:/bin`, Deno.readTextFile(`${folder}/started`));
  await Deno.remove(folder, { recursive: true });
}

Deno.test("hookTools() ends a tool that takes too long", () =>
  withStuckTool(async (PATH, started) => {
    await Promise.all([
      started,
      assert.rejects(hookTools({ env: { PATH }, timeoutMs: 300 }).relationIds("website"), {
        message: 'Cannot run "relation-ids --format json website": it did not end within 300 ms',
      }),
    ]);
  }));

Deno.test("hookTools() ends a tool when it is told to", () =>
  withStuckTool(async (PATH, started) => {
    const stop = new AbortController();
    const asked = hookTools({ env: { PATH }, signal: stop.signal }).relationIds("website");
    const refused = assert.rejects(asked, /enough/);
    await started;
    stop.abort(new Error("enough"));
    await refused;
    await assert.rejects(hookTools({ env: { PATH }, signal: stop.signal }).relationIds("website"), /enough/);
  }));
