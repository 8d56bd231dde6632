/** Every command that HAProxy lists has a method, or stands in the table of those that have none on purpose. */

import assert from "node:assert/strict";
import { bindPositional } from "../../lib/client/binding.ts";
import { parseHelp } from "../../lib/client/formats/help.ts";
import { invoke } from "../../lib/client/invoke.ts";
import type { AnyMethod } from "../../lib/client/method.ts";
import { METHODS } from "../../lib/client/methods.ts";
import { NOT_OFFERED } from "../../lib/client/not_offered.ts";
import type { Parameter } from "../../lib/client/parameter.ts";
import { certificate } from "../peers/certificates.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";
import { RecordingCaller, type Script } from "./families/recording.ts";

const VERSIONS = ["2.6", "3.0", "3.2", "3.4"] as const;
const FILES = ["help", "help_expert_experimental", "master_help"] as const;

/** Commands that a version's help spells in another way than HAProxy reads them. */
const MISPRINTED: Readonly<Record<string, string>> = { "new ssl crlfile": "new ssl crl-file" };

/** Values to try on a parameter: the first that it takes stands for all. */
const SAMPLES: readonly unknown[] = [
  "web/s1",
  "web",
  "10.0.0.1:80",
  "10.0.0.1",
  "proc.mode",
  "#1",
  1,
  true,
  "0x1",
  `${certificate("ec")}${certificate("crl")}-----BEGIN ECHCONFIG-----\nAAAA\n-----END ECHCONFIG-----\n`,
  "AAAA",
  ["web"],
  [{ key: "web", value: "web" }],
  { gpc0: 1 },
  {},
];

/** Answers that let a method of several steps go on to its next. */
const HELPFUL: Script = {
  "show ssl cert": "# filename\nweb\n\n",
  "show ssl ca-file": "# filename\nweb - 1 certificate(s)\n\n",
  "show ssl crl-file": "# filename\nweb\n\n",
  "show cli level": "admin\n\n",
  "show proc": "#<PID> <type> <reloads> <uptime> <version>\n1 master 0 0d00h00m01s 3.4.0\n# workers\n\n",
  "show table": "# table: web/s1, type: string, size:100, used:0\n\n",
  "prepare": "New version created: 2\n\n",
  "new ssl": "New empty certificate store 'web'!\n\n",
  "set ssl cert": "Transaction created for certificate web!\n\n",
};

/** Every line that the methods send for some arguments. */
async function linesOfAllMethods(): Promise<string[][]> {
  const lines: string[] = [];
  for (const method of Object.values<AnyMethod>(METHODS)) {
    for (const args of argumentLists(method)) {
      const caller = new RecordingCaller(HELPFUL);
      await finish(invoke(method, () => ({ caller, args: bindPositional("method", method, args) }))).catch(() => {});
      assert.ok(caller.commands.length > 0, `${method.summary} (${JSON.stringify(args)}) sends something`);
      lines.push(...caller.commands);
    }
  }
  return lines.map((line) => line.split(" "));
}

async function finish(running: unknown): Promise<void> {
  if (typeof running === "object" && running !== null && Symbol.asyncIterator in running) {
    await (running as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
  } else await running;
}

/** The arguments that must be there, all arguments, and each word of those that have few. */
function argumentLists(method: AnyMethod): unknown[][] {
  const all = method.parameters.map(sample);
  const needed = all.slice(0, method.parameters.findLastIndex((parameter) => !parameter.optional) + 1);
  const words = method.parameters.flatMap((parameter, index) =>
    (parameter.choices ?? []).filter((word) => takes(parameter, word)).map((word) => all.with(index, word))
  );
  return [needed, all, ...words];
}

function sample(parameter: Parameter<unknown>): unknown {
  const taken = [...(parameter.choices ?? []), ...SAMPLES].find((value) => takes(parameter, value));
  assert.notEqual(taken, undefined, `a sample for the parameter "${parameter.name}" (${parameter.description})`);
  return taken;
}

function takes(parameter: Parameter<unknown>, value: unknown): boolean {
  try {
    parameter.check(value);
    return true;
  } catch {
    return false;
  }
}

const lines = await linesOfAllMethods();

function hasMethod(words: readonly string[]): boolean {
  return lines.some((line) =>
    words.every((word, index) => word === "@" ? line[index]?.startsWith("@") : line[index] === word)
  );
}

function isNotOffered(command: string): boolean {
  return NOT_OFFERED.some((one) =>
    command === one.command || command.startsWith(`${one.command} `) || (one.command === "@" && command.startsWith("@"))
  );
}

/** The commands of a help text that nobody answers for. */
function forgotten(help: string): string[] {
  return parseHelp(help).map(({ command }) => MISPRINTED[command] ?? command)
    .filter((command) => !hasMethod(command.split(" ")) && !isNotOffered(command));
}

async function capturedHelp(version: string, file: string): Promise<string> {
  return await Deno.readTextFile(new URL(`../captures/${version}/${file}.txt`, import.meta.url));
}

for (const version of VERSIONS) {
  for (const file of FILES) {
    Deno.test(`every command of HAProxy ${version}'s ${file} has a method or a reason`, async () => {
      assert.deepEqual(forgotten(await capturedHelp(version, file)), []);
    });
  }
}

testEachHaproxy("every command that this HAProxy lists has a method or a reason", {
  ...REALISTIC,
  master: true,
}, async (haproxy) => {
  const worker = await haproxy.ask("expert-mode on;experimental-mode on;help");
  assert.ok(parseHelp(worker).length > 100);
  assert.deepEqual(forgotten(worker), []);
  assert.deepEqual(forgotten(await haproxy.askMaster("help")), []);
});

Deno.test("a command that nobody answers for is found", () => {
  const help = "The following commands are valid at this level:\n  brew tea <leaf> : brew\n  show info : x\n\n";
  assert.deepEqual(forgotten(help), ["brew tea"]);
});

Deno.test("no method sends what is said not to be offered, and no reason stands there for nothing", async () => {
  assert.deepEqual(lines.map((line) => line.join(" ")).filter(isNotOffered), []);
  const texts = await Promise.all(VERSIONS.flatMap((version) => FILES.map((file) => capturedHelp(version, file))));
  const listed = texts.flatMap((text) => parseHelp(text).map(({ command }) => command));
  const unlisted = NOT_OFFERED.filter(({ command }) => !listed.some((one) => one.startsWith(command)));
  // Hidden ones, those of builds with other options, and the master's mode.
  const hidden = ["_getsocks", "_loadstatus", "experimental-mode", "expert-mode", "flt-ot", "mcli-debug-mode"];
  assert.deepEqual(unlisted.map(({ command }) => command).sort(), hidden);
  assert.ok(NOT_OFFERED.every(({ reason }) => reason.length > 10));
});
