/**
 * Who may import whom, and what a folder may touch: the rules of the house as tables, and their reading.
 *
 * @module
 */

import type { Import, Source } from "./source.ts";

/**
 * What each folder of `lib/` may import: always through the other folder's `mod.ts`. `lib/errors.ts` is open to all,
 * and within a folder every file may import every other.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  net: [],
  feed: [],
  store: [],
  socket: ["net"],
  client: ["socket"],
  agent: ["net", "feed", "store"],
  spop: ["net", "feed", "store"],
  process: ["net", "feed", "store"],
  services: ["socket", "client", "net", "feed", "store"],
  server: ["socket", "client", "services", "net", "feed", "store", "agent", "spop", "process"],
  config: ["socket", "client", "services", "server", "net", "feed", "store", "agent", "spop", "process"],
  cli: ["socket", "client", "services", "server", "config", "net", "feed", "store", "agent", "spop", "process"],
};

/** The two files at the root: `mod.ts` is the library for programs, `main.ts` the program. */
export const ROOT_FILES: Readonly<Record<string, readonly string[]>> = {
  "mod.ts": Object.keys(MAY_IMPORT).filter((folder) => folder !== "cli" && folder !== "config"),
  "main.ts": Object.keys(MAY_IMPORT),
};

/** Importable by all; it imports nothing itself. */
export const OPEN_FILE = "lib/errors.ts";

/** No I/O: nothing from outside but `lib/errors.ts`, no `Deno`, no package, no `node:` module. */
export const PURE = ["lib/spop/codec", "lib/client/formats", "lib/agent/reply"];

/** Folders that other programs import, and the only packages they bring along. */
export const LIBRARY_FOLDERS = ["socket", "client", "agent", "spop", "process", "services", "feed", "net"];

/** The packages of library folders: in which file (any if not said), and which names. */
export const LIBRARY_PACKAGES: readonly {
  readonly package: string;
  readonly file?: string;
  readonly names?: string[];
}[] = [
  { package: "hono", file: "routes.ts" },
  { package: "@redis/client", file: "redis/ask.ts" },
  { package: "postgres", file: "postgres/ask.ts" },
  { package: "smol-toml", file: "sources/formats.ts" },
  { package: "yaml", file: "sources/formats.ts" },
  { package: "@logtape/logtape", names: ["getLogger", "Logger"] },
];

/** What only `cli/` and `main.ts` do: print, end the process, read the environment. Taking `Deno` itself hides it. */
export const CLI_ONLY = [/^console\b/, /^Deno\.(exit|exitCode|env|args)$/, /^Deno$/, /through another object/];

/** The one file that imports what is not known before: the user's own module, which the configuration names. */
export const USERS_MODULE = "lib/spop/policies/script/load_module.ts";

/** Every rule that the sources break, as sentences; none is as it should be. */
export function violations(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => [
    ...source.imports.flatMap((one) => importViolations(source.path, one)),
    ...source.globals.flatMap((name) => globalViolations(source.path, name)),
  ]);
}

function importViolations(path: string, { specifier, names }: Import): string[] {
  const broken = (rule: string) => [`${path} imports "${specifier}": ${rule}`];
  const isPure = PURE.some((pure) => isWithin(path, pure));
  if (!specifier.startsWith(".")) {
    if (specifier === "(computed)") return path === USERS_MODULE ? [] : broken("an import must be readable");
    if (path === OPEN_FILE) return broken("it imports nothing");
    if (isPure) return broken("a pure folder uses no package and no module of the runtime");
    if (specifier === "node:process") return broken("only Deno's own process functions are used, and those by cli/");
    if (specifier.startsWith("node:") || !LIBRARY_FOLDERS.includes(folderOf(path) ?? "")) return [];
    return packageViolation(path, specifier, names).flatMap(broken);
  }
  const target = resolve(path, specifier);
  if (target === OPEN_FILE) return [];
  if (path === OPEN_FILE) return broken("it imports nothing");
  if (isPure && !PURE.some((pure) => isWithin(path, pure) && isWithin(target, pure))) {
    return broken(`a pure folder imports nothing from outside but "${OPEN_FILE}"`);
  }
  const folder = folderOf(path);
  const targetFolder = folderOf(target);
  const allowed = folder === undefined ? ROOT_FILES[path] : MAY_IMPORT[folder];
  if (allowed === undefined) return broken(`"${folder ?? path}" is not in the table of tests/house/rules.ts`);
  if (targetFolder === undefined) return broken("it is not in lib/");
  if (targetFolder === folder) return [];
  if (!allowed.includes(targetFolder)) return broken(`"${folder ?? path}" may not import "${targetFolder}"`);
  return target === `lib/${targetFolder}/mod.ts` ? [] : broken("other folders are imported through their mod.ts");
}

/** Why a library folder may not import this package; nothing when it may. */
function packageViolation(path: string, specifier: string, names: readonly string[]): string[] {
  const known = LIBRARY_PACKAGES.find((one) => specifier === one.package || specifier.startsWith(`${one.package}/`));
  if (known === undefined) return ["a library folder brings no package along"];
  if (known.file !== undefined && !path.endsWith(`/${known.file}`)) return [`only "${known.file}" may`];
  const others = names.filter((name) => known.names !== undefined && !known.names.includes(name));
  return others.length === 0
    ? []
    : [`of it, only "${known.names?.join('", "')}" may be used, not "${others.join('", "')}"`];
}

function globalViolations(path: string, name: string): string[] {
  if (PURE.some((pure) => isWithin(path, pure))) return [`${path} uses "${name}": a pure folder does not`];
  if (path === "main.ts" || folderOf(path) === "cli") return [];
  return CLI_ONLY.some((banned) => banned.test(name)) ? [`${path} uses "${name}": only cli/ and main.ts may`] : [];
}

/** The folder of `lib/` that a file is in. */
function folderOf(path: string): string | undefined {
  return path.match(/^lib\/([^/]+)\//)?.[1];
}

/** Whether a file is the named thing (`lib/agent/reply` may be a file or a folder) or in it. */
function isWithin(path: string, thing: string): boolean {
  return path === `${thing}.ts` || path.startsWith(`${thing}/`);
}

/** `./b.ts` seen from `lib/a.ts` is `lib/b.ts`. */
function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
