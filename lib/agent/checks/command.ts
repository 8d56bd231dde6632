/**
 * The check `command`: a program of the operator's own decides, by its exit status or by what it says.
 *
 * Exit status 0 is up and every other is down, as for HAProxy's external-check; `exit_codes` says otherwise, for plugins of
 * Nagios: `{ 1 = "up 50%", 2 = "down", 3 = "fail" }`. With `reply = "output"` the first line of the output is the agent's
 * reply as HAProxy reads it (`up 75%`, `drain`, `down #disk full`), and the exit status is not looked at.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import { CheckFailed, InvalidCheck } from "../errors.ts";
import { readReply, type Reply } from "../reply.ts";
import { saidReply } from "./said_reply.ts";
import { type Outcome, runProgram } from "./command/run.ts";
import {
  custom,
  list,
  oneOf,
  optional,
  optionHelp,
  type OptionValues,
  readOptions,
  required,
  text,
} from "./options.ts";

const argument = custom<string>(
  "a text without NUL",
  (value) => typeof value === "string" && !value.includes("\0") ? value : undefined,
);

const environment = custom<Readonly<Record<string, string>>>("a table of names and texts", (value) => {
  const entries = tableEntries(value);
  const fits = entries?.every(([name, text]) => /^[A-Za-z_]\w*$/.test(name) && argument.read(text) !== undefined);
  return fits ? Object.fromEntries(entries?.map(([name, text]) => [name, String(text)]) ?? []) : undefined;
});

const exitCodes = custom<ReadonlyMap<number, Reply>>(
  'a table of exit statuses and replies such as { 1 = "up 50%", 2 = "down" }',
  (value) => {
    const replies = tableEntries(value)?.map(([code, words]) => [Number(code), replyOf(words)] as const);
    const codes = new Map<number, Reply>();
    for (const [code, reply] of replies ?? []) {
      if (!Number.isInteger(code) || code < 0 || code > 255 || reply === undefined) return undefined;
      codes.set(code, reply);
    }
    return replies === undefined ? undefined : codes;
  },
);

const OPTIONS = {
  command: required(list(argument, 256), "the program and its arguments; no shell reads them"),
  cwd: optional(text(4096), "the folder it runs in"),
  env: optional(environment, "its environment; beside PATH nothing is inherited", {}),
  reply: optional(oneOf(["exit", "output"]), "what decides: its exit status, or its first line of output", "exit"),
  exitCodes: optional(exitCodes, "what other exit statuses than 0 say", new Map<number, Reply>()),
};

type Options = OptionValues<typeof OPTIONS>;

/** The kind `command`. */
export const COMMAND: CheckKind = {
  name: "command",
  summary: "a program: its exit status, or what it says",
  isOnWire: false,
  wireFields: [],
  options: optionHelp(OPTIONS),
  make: makeCommand,
};

function makeCommand(given: CheckOptions, { origin }: CheckContext): Check {
  const options = readOptions("command", given, OPTIONS, origin);
  const { command: [file, ...args], cwd, env } = options;
  if (file === undefined || file === "") throw new InvalidCheck("command", 'option "command" names no program');
  return {
    kind: "command",
    // Arguments may hold secrets.
    target: file,
    run: async (signal) => judge(file, await runProgram({ command: [file, ...args], cwd, env }, signal), options),
  };
}

function judge(file: string, { code, signal, stdout, stderr }: Outcome, options: Options): Finding {
  const facts = { exit_code: code ?? null };
  const [line = ""] = stdout.split(/[\r\n]/, 1);
  if (options.reply === "output") return saidReply(`"${file}"`, line, facts);
  if (signal !== undefined) throw new CheckFailed(`"${file}" was ended by ${signal}`);
  const said = line.trim() || (stderr.trim().split(/[\r\n]/, 1)[0] ?? "");
  const mapped = options.exitCodes.get(code ?? 0);
  const reply: Reply = mapped ?? { health: code === 0 ? "up" : "down" };
  if (code === 0) return { reply, reason: "", facts };
  return { reply, reason: `"${file}" ended with exit status ${code}${said === "" ? "" : `: ${said}`}`, facts };
}

function replyOf(words: unknown): Reply | undefined {
  try {
    return typeof words === "string" ? readReply(words) : undefined;
  } catch {
    return undefined;
  }
}

function tableEntries(value: unknown): [string, unknown][] | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
}
