import assert from "node:assert/strict";
import { parse } from "@optique/core/parser";
import { type AnyMethod, bindNamed, findMethod, METHODS, toSnakeCase } from "../../lib/client/mod.ts";
import {
  argumentParser,
  argumentUsage,
  optionName,
  readArguments,
  settingsOf,
} from "../../lib/cli/method_arguments.ts";
import { UsageError } from "../../lib/cli/usage_error.ts";
import { fakeEnvironment } from "./fake_environment.ts";

/** What a command line binds to, through the parser, the reading and the binding. */
async function bound(name: string, args: readonly string[], data?: string, stdin = ""): Promise<unknown[]> {
  const method = methodOf(name);
  const result = parse(argumentParser(method), args);
  assert.ok(result.success, JSON.stringify(result));
  return bindNamed(name, method, await readArguments(method, result.value, data, fakeEnvironment([], { stdin }).stdin));
}

function methodOf(name: string): AnyMethod {
  const found = findMethod(name);
  assert.ok(found, name);
  return found.method;
}

const CASES: readonly (readonly [name: string, args: readonly string[], data: string | undefined, args: unknown[]])[] =
  [
    ["get_servers_state", [], undefined, []],
    ["get_servers_state", ["web"], undefined, ["web"]],
    ["get_servers_state", [], '{"backend":"web"}', ["web"]],
    ["set_server_state", ["web/s1", "drain"], undefined, ["web/s1", "drain"]],
    ["set_server_state", ["web/s1"], '{"state":"maint"}', ["web/s1", "maint"]],
    ["set_server_weight", ["web/s1", "50%"], undefined, ["web/s1", "50%"]],
    ["set_server_weight", ["web/s1", "50"], undefined, ["web/s1", 50]],
    ["set_server_address", ["web/s1", "10.0.0.1", "8080"], undefined, ["web/s1", "10.0.0.1", 8080]],
    ["add_server", ["web/s9", "10.0.0.1:80", "--keywords", "check inter 2s"], undefined, [
      "web/s9",
      "10.0.0.1:80",
      { keywords: ["check", "inter", "2s"] },
    ]],
  ];

for (const [name, args, data, expected] of CASES) {
  Deno.test(`the arguments of ${name} ${args.join(" ")}${data === undefined ? "" : ` -d ${data}`} are bound`, async () => {
    assert.deepEqual(await bound(name, args, data), expected);
  });
}

Deno.test("readArguments() reads texts from a file with @, and from standard input with -", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "a 1\nb 2\n");
    const expected = ["x.map", [{ key: "a", value: "1" }, { key: "b", value: "2" }]];
    assert.deepEqual(await bound("add_map_entries", ["x.map", `@${file}`]), expected);
    assert.deepEqual(await bound("add_map_entries", ["x.map", "-"], undefined, "a 1\nb 2\n"), expected);
    assert.deepEqual(await bound("add_map_entries", ["x.map", "a 1\nb 2"]), expected);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("readArguments() reads the JSON of -d - from standard input", async () => {
  assert.deepEqual(await bound("get_servers_state", [], "-", '{"backend":"web"}'), ["web"]);
});

Deno.test("readArguments() refuses JSON that is none, or no object", async () => {
  for (const data of ["", "{", "[]", "5", "null", '"a"']) {
    await assert.rejects(() => bound("get_servers_state", [], data), UsageError, data);
  }
});

Deno.test("readArguments() refuses an argument that is given twice", async () => {
  await assert.rejects(() => bound("get_servers_state", ["web"], '{"backend":"web"}'), /Cannot take backend twice/);
});

Deno.test("readArguments() names the file that cannot be read", async () => {
  await assert.rejects(() => bound("add_map_entries", ["x.map", "@/nowhere/x"]), {
    message: 'Cannot read "/nowhere/x": there is no such file',
  });
});

Deno.test("every method's arguments make a parser, a usage and settings of their own names", () => {
  const entries = Object.entries(METHODS);
  assert.ok(entries.length > 20);
  for (const [name, method] of entries) {
    const result = parse(argumentParser(method), []);
    assert.ok(result.success, `${name}: nothing is asked for before the binding`);
    const names = settingsOf(method).map(optionName);
    assert.equal(new Set(names).size, names.length, name);
    for (const reserved of ["--path", "--master", "--worker", "--pid", "--data", "--format", "--loglevel", "--help"]) {
      assert.ok(!names.includes(reserved as `--${string}`), `${toSnakeCase(name)} has a setting ${reserved}`);
    }
    assert.doesNotMatch(argumentUsage(method), /\[[^\]]*\] [^[]/, `${name}: an optional word before a needed one`);
  }
});
