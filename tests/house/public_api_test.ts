/**
 * Pins the public API: what every `lib/<folder>/mod.ts` and the root's `mod.ts` export is listed in `public_api.txt`.
 * A change is made on purpose: `UPDATE=1 deno test -A tests/house/public_api_test.ts` writes the list again.
 */

import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const PINNED = new URL("./public_api.txt", import.meta.url);

/** `deno doc --json`, as far as it is read here. */
interface Documentation {
  readonly nodes: Readonly<Record<string, { readonly symbols?: readonly DocumentedSymbol[] }>>;
}

interface DocumentedSymbol {
  readonly name: string;
  readonly declarations: readonly { readonly kind: string }[];
}

Deno.test("the public API is the one that is pinned", async () => {
  const actual = listing(await documentation(await faces()));
  if (Deno.env.get("UPDATE") === "1") await Deno.writeTextFile(PINNED, actual);
  const pinned = await Deno.readTextFile(PINNED);
  const changes = difference(pinned, actual);
  assert.deepEqual(
    changes,
    [],
    `${changes.join("\n")}\nIf this is meant: UPDATE=1 deno test -A tests/house/public_api_test.ts`,
  );
});

Deno.test("listing() has a section for each face, sorted by name, each symbol with its kinds", () => {
  const symbol = (name: string, ...kinds: string[]) => ({ name, declarations: kinds.map((kind) => ({ kind })) });
  const symbols = [symbol("parse", "function", "function"), symbol("Name", "variable", "typeAlias")];
  const nodes = { [new URL("lib/net/mod.ts", ROOT).href]: { symbols }, [new URL("lib/feed/mod.ts", ROOT).href]: {} };
  assert.equal(
    listing({ nodes }),
    "lib/feed/mod.ts\n\nlib/net/mod.ts\n  Name: typeAlias, variable\n  parse: function\n",
  );
});

Deno.test("difference() names the face of what came and what went", () => {
  const before = "lib/a/mod.ts\n  x: function\n  y: class\n\nlib/b/mod.ts\n  x: function\n";
  const after = "lib/a/mod.ts\n  x: function\n\nlib/b/mod.ts\n  x: function\n  z: class\n";
  assert.deepEqual(difference(before, after), ["- lib/a/mod.ts  y: class", "+ lib/b/mod.ts  z: class"]);
  assert.deepEqual(difference(before, before), []);
});

/** Every `mod.ts` that there is. */
async function faces(): Promise<string[]> {
  const folders = await Array.fromAsync(Deno.readDir(new URL("lib/", ROOT)));
  const candidates = ["mod.ts", ...folders.map((folder) => `lib/${folder.name}/mod.ts`)];
  const found = await Promise.all(
    candidates.map((path) => Deno.stat(new URL(path, ROOT)).then(() => true, () => false)),
  );
  return candidates.filter((_, index) => found[index]).map((path) => new URL(path, ROOT).href);
}

async function documentation(modules: readonly string[]): Promise<Documentation> {
  if (modules.length === 0) return { nodes: {} };
  const command = new Deno.Command(Deno.execPath(), { args: ["doc", "--json", ...modules], cwd: ROOT });
  const output = await command.output();
  assert.ok(output.success, new TextDecoder().decode(output.stderr));
  return JSON.parse(new TextDecoder().decode(output.stdout));
}

/** The pinned text: for each face its path, then a line for each exported name. */
function listing({ nodes }: Documentation): string {
  const sections = Object.entries(nodes).map(([module, { symbols = [] }]) => {
    const lines = symbols.map(({ name, declarations }) => {
      return `  ${name}: ${[...new Set(declarations.map((one) => one.kind))].sort().join(", ")}`;
    });
    return [module.slice(ROOT.href.length), ...lines.sort()].join("\n") + "\n";
  });
  return sections.sort().join("\n");
}

/** The lines that only one of two listings has, `-` what went and `+` what came. */
function difference(before: string, after: string): string[] {
  const [old, now] = [flat(before), flat(after)];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

function flat(text: string): string[] {
  return text.split("\n\n").flatMap((section) => {
    const [face = "", ...lines] = section.trimEnd().split("\n");
    return [face, ...lines.map((line) => face + line)];
  }).filter((line) => line !== "");
}
