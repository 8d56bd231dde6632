/** Habits of the house that `deno lint` does not know. */

import assert from "node:assert/strict";
import { readSource, readSources, typeScriptFiles } from "./source.ts";

const ROOT = new URL("../../", import.meta.url);
const BANNED_NAMES = ["utils", "util", "helpers", "helper", "common", "misc", "data", "info2"];
const MAX_LINES = 350;

const WRITTEN_BY_US = ["lib", "scripts", "tests", "main.ts", "mod.ts"];
const FOR_READERS = ["lib", "scripts", "main.ts", "mod.ts"];

async function files(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map((path) => typeScriptFiles(ROOT, path)))).flat().sort();
}

/** The paths of those files whose text is not as it should be. */
async function offenders(paths: readonly string[], isWrong: (text: string) => boolean): Promise<string[]> {
  const found = await files(paths);
  assert.ok(found.length > 0, "the files are found");
  const wrong = await Promise.all(found.map(async (path) => isWrong(await Deno.readTextFile(new URL(path, ROOT)))));
  return found.filter((_, index) => wrong[index]);
}

/** Whether a file or folder is named in snake_case, after what it is about. */
function isGoodName(name: string): boolean {
  const stem = name.replace(/(_test)?\.ts$/, "");
  return /^[a-z][a-z0-9_]*$/.test(stem) && !BANNED_NAMES.includes(stem);
}

Deno.test("every file and folder is named in snake_case, after what it is about", async () => {
  const names = (await files(WRITTEN_BY_US)).filter((path) => !path.split("/").every(isGoodName));
  assert.deepEqual(names, []);
  for (const name of ["utils.ts", "helpers", "data_test.ts", "camelCase.ts", "kebab-case.ts"]) {
    assert.equal(isGoodName(name), false, name);
  }
});

Deno.test("every file begins with what it is for", async () => {
  assert.deepEqual(
    await offenders(FOR_READERS, (text) => !/^(#!.*\n)?\/\*\* *\S|^(#!.*\n)?\/\*\*\n \* \S/.test(text)),
    [],
  );
});

Deno.test(`no file has more than ${MAX_LINES} lines`, async () => {
  assert.deepEqual(await offenders(FOR_READERS, (text) => text.trimEnd().split("\n").length > MAX_LINES), []);
});

Deno.test("nothing is ignored: no lint-ignore, no ts-ignore", async () => {
  const ignore = new RegExp(
    ["deno-lint-", "@ts-"].map((word) => `(//|/\\*)\\s*${word}(ignore|expect-error|nocheck)`).join("|"),
  );
  assert.ok(ignore.test("// deno-lint-" + "ignore no-explicit-any"));
  assert.deepEqual(await offenders(WRITTEN_BY_US, (text) => ignore.test(text)), []);
});

Deno.test("nothing is cast through unknown", async () => {
  assert.equal(readSource("a.ts", "const x = y as unknown as Z;").doubleCasts, 1);
  const sources = await readSources(ROOT, WRITTEN_BY_US);
  assert.deepEqual(sources.filter((source) => source.doubleCasts > 0).map((source) => source.path), []);
});
