/**
 * A stand-in for Juju's hook tools: databags are files, and arguments are checked as strictly as Juju does.
 *
 * `hook_tool.ts TOOL ARGUMENTS...`, with the state's folder in STAND_IN. Run as programs of their own by stand_in.ts.
 */
import process from "node:process";
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** A relation as it is kept in a file. */
export interface RelationFile {
  readonly relation: string;
  readonly endpoint: string;
  /** What network-get says; nothing: it fails. */
  readonly network?: unknown;
  /** Units on the other side that relation-list names. */
  readonly joined: readonly string[];
  /** Databags of all units, this one's too. */
  databags: Record<string, Record<string, string>>;
}

/** What stays the same for all relations. */
export interface StateFile {
  /** `old`: it knows no relations, as before Juju 2.3. */
  readonly networkGet: "new" | "old";
  readonly privateAddress: string;
  /** Tools that print this instead of an answer. */
  readonly garbage: Readonly<Record<string, string>>;
}

interface Flags {
  readonly flags: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** The options that take a value, and how many other words there must be. */
const TOOLS: Readonly<Record<string, { valued: string[]; least: number; most: number; run(given: Flags): unknown }>> = {
  "relation-ids": {
    valued: ["--format"],
    least: 1,
    most: 1,
    run: ({ words }) => relations().filter(({ endpoint }) => endpoint === words[0]).map(({ relation }) => relation),
  },
  "relation-list": { valued: ["--format", "-r"], least: 0, most: 0, run: (given) => relationOf(given).joined },
  "relation-get": {
    valued: ["--format", "-r"],
    least: 2,
    most: 2,
    run(given) {
      const [key = "", unit = ""] = given.words;
      const databag = relationOf(given).databags[unit];
      if (databag === undefined) fail(1, "permission denied");
      return key === "-" ? databag : databag[key] ?? null;
    },
  },
  "relation-set": {
    valued: ["-r"],
    least: 1,
    most: Infinity,
    run(given) {
      const file = relationOf(given);
      const unit = process.env.JUJU_UNIT_NAME ?? "";
      const databag = { ...file.databags[unit] };
      for (const word of given.words) {
        const at = word.indexOf("=");
        if (at < 1) fail(2, `expected "key=value", got "${word}"`);
        if (word.length === at + 1) delete databag[word.slice(0, at)];
        else databag[word.slice(0, at)] = word.slice(at + 1);
      }
      file.databags[unit] = databag;
      writeFileSync(pathOf(file.relation), JSON.stringify(file));
      return undefined;
    },
  },
  "network-get": {
    valued: ["--format", "-r"],
    least: 1,
    most: 1,
    run(given) {
      if (state().networkGet === "old") fail(2, "flag provided but not defined: -r");
      const { network, endpoint } = relationOf(given);
      if (endpoint !== given.words[0]) fail(1, `no network config found for binding "${given.words[0]}"`);
      return network ?? fail(1, "permission denied");
    },
  },
  "unit-get": {
    valued: ["--format"],
    least: 1,
    most: 1,
    run: ({ words }) =>
      words[0] === "private-address" ? state().privateAddress : fail(2, `unknown setting "${words[0]}"`),
  },
};

if (import.meta.main) main(process.argv.slice(2));

function main([name = "", ...args]: readonly string[]): void {
  appendFileSync(`${folder()}/calls.log`, `${JSON.stringify([name, ...args])}\n`);
  if (process.env.JUJU_CONTEXT_ID === undefined) fail(1, "JUJU_CONTEXT_ID not set");
  const tool = TOOLS[name] ?? fail(2, `unknown tool "${name}"`);
  const flags = new Map<string, string>();
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (tool.valued.includes(arg)) flags.set(arg, args[++at] ?? fail(2, `flag needs an argument: ${arg}`));
    else if (arg.startsWith("-") && arg !== "-") fail(2, `flag provided but not defined: ${arg}`);
    else words.push(arg);
  }
  if (words.length < tool.least || words.length > tool.most) fail(2, `unrecognized args: ${JSON.stringify(words)}`);
  if (tool.valued.includes("--format") && flags.get("--format") !== "json") {
    fail(2, "only JSON can be read by programs");
  }
  const answer = tool.run({ flags, words });
  const garbage = state().garbage[name];
  if (garbage !== undefined) process.stdout.write(garbage);
  else if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function folder(): string {
  return process.env.STAND_IN ?? fail(1, "STAND_IN is not set");
}

function state(): StateFile {
  return JSON.parse(readFileSync(`${folder()}/state.json`, "utf8"));
}

function relations(): RelationFile[] {
  const names = readdirSync(`${folder()}/relations`).sort();
  return names.map((name) => JSON.parse(readFileSync(`${folder()}/relations/${name}`, "utf8")));
}

function relationOf({ flags }: Flags): RelationFile {
  const id = flags.get("-r") ?? process.env.JUJU_RELATION_ID ?? fail(2, "no relation id specified");
  return relations().find(({ relation }) => relation === id) ??
    fail(2, `invalid value "${id}" for option -r: relation not found`);
}

function pathOf(relation: string): string {
  return `${folder()}/relations/${relation}.json`;
}

function fail(status: number, why: string): never {
  process.stderr.write(`ERROR ${why}\n`);
  process.exit(status);
}
