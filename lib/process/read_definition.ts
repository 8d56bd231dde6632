/**
 * Definitions out of JSON or TOML: every field checked, with the value in quotes where it does not fit.
 *
 * What is written loosely is taken as it is meant: arguments as one line, environment values as numbers, labels as one text.
 */
import { commandLine } from "./command_line.ts";
import type { Definition, DependencyState, Flapping, Readiness } from "./definition.ts";
import { InvalidDefinition } from "./errors.ts";
import { readinessProblem } from "./readiness/until_ready.ts";
import { splitWords } from "./words.ts";

/** Reads one field's value; throws what it must be instead. */
type Read = (value: unknown, process: string) => unknown;

/** A field's value does not fit; what it must be. */
class Unfit extends Error {}

const FIELDS: Readonly<Record<Exclude<keyof Definition, "name" | "extra">, Read>> = {
  cmd: text,
  args: (value, process) => typeof value === "string" ? splitWords(plainText(value), process) : texts(value),
  env: (value) => record(value, "a table of texts", (one) => typeof one === "number" ? String(one) : plainText(one)),
  os_env: flag,
  uid: account,
  gid: account,
  cwd: text,
  shell: flag,
  detach: flag,
  numprocesses: (value) => within(value, 0, 1000),
  redirect_output: labels,
  redirect_input: flag,
  graceful_timeout: (value) => seconds(value, 3600),
  flapping: (value) => value === null ? undefined : readFlapping(value),
  restart: (value) => matching(value, /^(always|on_failure|never)$/, '"always", "on_failure" or "never"'),
  priority: (value) => within(value, -1_000_000_000, Number.MAX_SAFE_INTEGER),
  group: text,
  start: flag,
  depends_on: readDependencies,
  ready: readReadiness,
  server: (value) => matching(value, /^[\w.:-]+\/[\w.:-]+$/, 'a backend and a server, such as "web/s1"'),
  drain_timeout: (value) => seconds(value, 3600),
  before: text,
  after: text,
};

/** The names of a definition's fields beside `name`, for those who refuse others. */
export const DEFINITION_KEYS: readonly string[] = Object.keys(FIELDS);

/**
 * Reads a definition.
 *
 * @param given an object with `name`, `cmd` and any other field of {@linkcode Definition}
 * @returns the definition; what is no field of it is in `extra`
 * @throws {InvalidDefinition} at the first field that is missing or does not fit
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDefinition } from "./read_definition.ts";
 * assert.deepEqual(readDefinition({ name: "web", cmd: "server", args: "-p $PORT", env: { PORT: 80 }, colour: "red" }), {
 *   name: "web",
 *   cmd: "server",
 *   args: ["-p", "$PORT"],
 *   env: { PORT: "80" },
 *   extra: { colour: "red" },
 * });
 * assert.throws(() => readDefinition({ name: "web" }), /field "cmd" is missing/);
 * ```
 */
export function readDefinition(given: unknown): Definition {
  if (!isRecord(given)) throw new InvalidDefinition("", "it must be an object");
  const { name, ...rest } = given;
  if (typeof name !== "string" || !NAME.test(name)) {
    const is = name === undefined ? "is missing" : `is ${shown(name)}`;
    throw new InvalidDefinition(
      typeof name === "string" ? name.slice(0, 100) : "",
      `field "name" ${is} and must be 1 to 128 letters, digits and any of "_.:@+-", not digits only, not dots only`,
    );
  }
  if (rest.cmd === undefined) throw new InvalidDefinition(name, 'field "cmd" is missing');
  const fields: Record<string, unknown> = {};
  const extra: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(rest)) {
    if (!isField(key)) extra[key] = value;
    else if (value !== undefined) fields[key] = readField(name, key, value);
  }
  const definition = { ...fields, name, ...(Object.keys(extra).length > 0 ? { extra: { ...extra } } : {}) };
  // Every field has gone through its reader, and the two that must be there are.
  const read = Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== undefined)) as
    & Record<string, unknown>
    & Definition;
  commandLine(read);
  return read;
}

function readField(name: string, key: keyof typeof FIELDS, value: unknown): unknown {
  try {
    return FIELDS[key](value, name);
  } catch (thrown) {
    if (!(thrown instanceof Unfit)) throw thrown;
    throw new InvalidDefinition(name, `field "${key}" is ${shown(value)} and must be ${thrown.message}`);
  }
}

/** In the API's paths a segment of digits only is a process's number, and one or two dots are a folder. */
const NAME = /^(?!\d+$|\.{1,2}$)[\w.:@+-]{1,128}$/;

function isField(key: string): key is keyof typeof FIELDS {
  return Object.hasOwn(FIELDS, key);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return value;
  throw new Unfit("a text without NUL bytes");
}

function plainText(value: unknown): string {
  if (typeof value === "string" && !value.includes("\0")) return value;
  throw new Unfit("a text without NUL bytes");
}

function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((one) => typeof one === "number" ? String(one) : plainText(one));
  throw new Unfit("a list of texts, or a line");
}

function flag(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new Unfit("true or false");
}

function within(value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new Unfit(`a whole number from ${least} to ${most}`);
}

function seconds(value: unknown, most: number): number {
  if (typeof value === "number" && value >= 0 && value <= most) return value;
  throw new Unfit(`seconds from 0 to ${most}`);
}

function account(value: unknown): number | string {
  if (typeof value === "string" && /^[a-z_][\w.-]{0,31}\$?$/i.test(value)) return value;
  return within(value, 0, 2 ** 32 - 2);
}

function labels(value: unknown): string[] {
  const list = typeof value === "string" ? value.split(/[\s,]+/).filter((label) => label !== "") : texts(value);
  if (list.length <= 2 && list.every((label) => /^[\w.-]{1,64}$/.test(label) && label !== "stdin")) return list;
  throw new Unfit(
    'at most two labels of letters, digits, dots and dashes, such as ["out", "err"], none of them "stdin"',
  );
}

function matching(value: unknown, pattern: RegExp, wanted: string): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  throw new Unfit(wanted);
}

function record<T>(value: unknown, wanted: string, read: (one: unknown) => T): Record<string, T> {
  if (!isRecord(value)) throw new Unfit(wanted);
  const names = Object.keys(value);
  if (names.some((name) => name === "" || /[=\0]/.test(name))) throw new Unfit(`${wanted}, with names without "="`);
  return Object.fromEntries(names.map((name) => [name, read(value[name])]));
}

function readFlapping(value: unknown): Flapping {
  const usual: Flapping = { attempts: 2, window: 1, retry_in: 7, max_retry: 5 };
  if (!isRecord(value) || Object.keys(value).some((key) => !Object.hasOwn(usual, key))) {
    throw new Unfit("an object with any of attempts, window, retry_in and max_retry");
  }
  return {
    attempts: within(value.attempts ?? usual.attempts, 1, 1000),
    window: seconds(value.window ?? usual.window, 86_400),
    retry_in: seconds(value.retry_in ?? usual.retry_in, 86_400),
    max_retry: within(value.max_retry ?? usual.max_retry, 0, 1000),
  };
}

const STATES: readonly DependencyState[] = ["started", "ready", "exited_ok"];

/** `["db"]` is `{"db": "started"}`. */
function readDependencies(value: unknown): Readonly<Record<string, DependencyState>> {
  const wanted = `names, or a table of names with ${STATES.join(", ")}`;
  if (Array.isArray(value)) return Object.fromEntries(texts(value).map((name) => [name, "started"]));
  return record(value, wanted, (one) => {
    const state = STATES.find((state) => state === one);
    if (state === undefined) throw new Unfit(wanted);
    return state;
  });
}

const WAYS = ["tcp", "http", "unix", "log", "agent"] as const;

function readReadiness(value: unknown): Readiness {
  const known: readonly string[] = [...WAYS, "every", "timeout"];
  if (!isRecord(value) || Object.keys(value).some((key) => !known.includes(key))) {
    throw new Unfit(`a table with one of ${WAYS.join(", ")}, and with every and timeout`);
  }
  const ways = WAYS.filter((way) => value[way] !== undefined);
  const [way] = ways;
  if (way === undefined || ways.length > 1) throw new Unfit(`a table with exactly one of ${WAYS.join(", ")}`);
  const target = text(value[way]);
  const readiness: Readiness = {
    [way]: target,
    ...(value.every === undefined ? {} : { every: seconds(value.every, 3600) }),
    ...(value.timeout === undefined ? {} : { timeout: seconds(value.timeout, 86_400) }),
  };
  const problem = readinessProblem(readiness);
  if (problem !== undefined) throw new Unfit(`a table whose ${way} can be asked: ${problem}`);
  return readiness;
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return `"${String(value).slice(0, 60)}"`;
}
