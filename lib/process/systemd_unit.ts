/**
 * Definitions as systemd's units, for hosts where systemd is to keep the processes (systemd.unit, systemd.service,
 * systemd.exec). Pure: text from data.
 */
import { commandLine } from "./command_line.ts";
import type { Definition } from "./definition.ts";
import { InvalidDefinition } from "./errors.ts";

/** A file for `/etc/systemd/system`. */
export interface SystemdUnit {
  readonly file: string;
  readonly text: string;
}

/** What the units have in common. */
export interface SystemdOptions {
  /** The name of the target that starts all of them: `app` for `app.target`. */
  readonly target: string;
  /** The folder that relative programs and folders are meant from. */
  readonly cwd: string;
}

/**
 * Makes the units: a service for each definition, a template where more than one process runs, and a target for all.
 *
 * @throws {InvalidDefinition} for what systemd cannot say
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { systemdUnits } from "./systemd_unit.ts";
 * const [web, target] = systemdUnits([{ name: "web", cmd: "serve", args: ["50%", "$$5"] }], { target: "app", cwd: "/srv" });
 * assert.equal(web?.file, "app-web.service");
 * assert.match(web?.text ?? "", /^ExecStart=serve "50%%" "\$\$5"$/m);
 * assert.equal(target?.file, "app.target");
 * ```
 */
export function systemdUnits(definitions: readonly Definition[], options: SystemdOptions): SystemdUnit[] {
  const units = new Map(definitions.map((one) => [one.name, instances(one, options.target)]));
  const awaited = new Set(
    definitions.flatMap(({ depends_on = {} }) => Object.entries(depends_on))
      .filter(([, state]) => state === "exited_ok").map(([name]) => name),
  );
  const services = definitions.map((definition) => ({
    file: `${fileName(definition, options.target)}.service`,
    text: serviceText(definition, { ...options, units, isAwaited: awaited.has(definition.name) }),
  }));
  const twice = services.find(({ file }, index) => services.findIndex((one) => one.file === file) !== index);
  if (twice !== undefined) throw new InvalidDefinition(options.target, `two of its units are "${twice.file}"`);
  const wanted = definitions.filter(({ start = true }) => start).flatMap(({ name }) => units.get(name) ?? []);
  return [...services, { file: `${unitWord(options.target)}.target`, text: targetText(options.target, wanted) }];
}

interface ServiceOptions extends SystemdOptions {
  /** The services of each definition. */
  readonly units: ReadonlyMap<string, readonly string[]>;
  /** Somebody starts when it has ended well. */
  readonly isAwaited: boolean;
}

function serviceText(definition: Definition, { target, cwd, units, isAwaited }: ServiceOptions): string {
  const { name, env = {}, uid, gid, graceful_timeout = 10, restart = "always", flapping, depends_on = {} } = definition;
  const needs = Object.keys(depends_on).flatMap((one) => units.get(one) ?? [`${unitWord(one)}.service`]).join(" ");
  const isOnce = isAwaited && restart !== "always";
  return sections([
    ["Unit", [
      ["Description", specifiers(`${name}, exported by happi`)],
      ["PartOf", `${unitWord(target)}.target`],
      ["Requires", needs],
      ["After", ["network.target", needs].join(" ").trim()],
      ["StartLimitIntervalSec", flapping === undefined ? 0 : flapping.window],
      ["StartLimitBurst", flapping?.attempts],
    ]],
    ["Service", [
      // Who waits for its end waits for systemd's "started".
      ["Type", isOnce ? "oneshot" : "exec"],
      ["RemainAfterExit", isOnce ? "yes" : undefined],
      ["ExecStart", execStart(definition, cwd)],
      ["WorkingDirectory", specifiers(absolute(definition.cwd ?? cwd, cwd))],
      ...Object.entries(env).map(([key, value]) => ["Environment", assignment(name, key, value)] as const),
      ["User", uid],
      ["Group", gid],
      ["Restart", RESTARTS[isOnce && restart === "on_failure" ? "on_failure" : restart]],
      ["RestartSec", 1],
      ["TimeoutStopSec", graceful_timeout],
    ]],
    ["Install", [["WantedBy", `${unitWord(target)}.target`]]],
  ]);
}

const RESTARTS = { always: "always", on_failure: "on-failure", never: "no" } as const;

function targetText(target: string, wanted: readonly string[]): string {
  return sections([
    ["Unit", [["Description", specifiers(`${target}, exported by happi`)], ["Wants", wanted.join(" ")]]],
    ["Install", [["WantedBy", "multi-user.target"]]],
  ]);
}

type Line = readonly [key: string, value: string | number | undefined];

function sections(all: readonly (readonly [title: string, lines: readonly Line[]])[]): string {
  return all.map(([title, lines]) => {
    const said = lines.filter(([, value]) => value !== undefined && value !== "");
    return `[${title}]\n${said.map(([key, value]) => `${key}=${value}\n`).join("")}`;
  }).join("\n");
}

/** The program as systemd takes it: an absolute path, or a name that it looks up itself. */
function execStart(definition: Definition, cwd: string): string {
  const [program, ...args] = commandLine(definition);
  const path = program.includes("/") ? absolute(program, absolute(definition.cwd ?? cwd, cwd)) : program;
  if (/^[@:+!|-]|[\n\r]/.test(path)) throw new InvalidDefinition(definition.name, `systemd takes no program "${path}"`);
  // The program itself is not looked through for variables.
  return [quote(specifiers(path)), ...args.map((word) => quote(specifiers(word).replaceAll("$", "$$$$")))].join(" ");
}

function assignment(name: string, key: string, value: string): string {
  if (/^[A-Za-z_]\w*$/.test(key)) return quote(specifiers(`${key}=${value}`));
  throw new InvalidDefinition(name, `systemd takes no variable "${key}"`);
}

/** `%` begins a specifier. */
function specifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

/** A word of a line that systemd splits and unescapes. */
function quote(word: string): string {
  if (/^[\w@:,./=+-]+$/.test(word)) return word;
  const escaped = word.replace(/[\\"]/g, (one) => `\\${one}`).replace(
    /\p{Cc}/gu,
    (one) => one === "\n" ? "\\n" : `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `"${escaped}"`;
}

function absolute(path: string, cwd: string): string {
  return path.startsWith("/")
    ? path
    : `${cwd.replace(/\/$/, "")}/${path.replace(/^(?:\.\/)+/, "")}`.replace(/\/\.?$/, "");
}

/** A unit's name takes few signs, and `@` would make it a template. */
function unitWord(text: string): string {
  return text.replaceAll(":", "-").replace(
    /[^\w.-]/g,
    (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** `web` and `app:web` are both `app-web`; with `@` behind it where more than one runs. */
function fileName({ name, numprocesses = 1 }: Definition, target: string): string {
  const own = name.startsWith(`${target}:`) ? name.slice(target.length + 1) : name;
  return `${unitWord(target)}-${unitWord(own)}${numprocesses === 1 ? "" : "@"}`;
}

function instances(definition: Definition, target: string): string[] {
  const file = fileName(definition, target);
  if (!file.endsWith("@")) return [`${file}.service`];
  return Array.from({ length: definition.numprocesses ?? 1 }, (_, index) => `${file}${index + 1}.service`);
}
