/**
 * What the shell's completion knows of the connected HAProxy: its commands, and the names of what they take. Asked for
 * when Tab is pressed, kept for a few seconds.
 */
import { type Capability, parseHelp } from "../../client/mod.ts";

/** Kinds of names that commands take. */
export type NameKind = "backend" | "server" | "frontend" | "proxy" | "table" | "map" | "acl" | "certificate" | "sink";

/** Answers a command; a refusal is an empty answer. */
export type Ask = (command: string) => Promise<string>;

/** Where the names of each kind stand: which command shows them, and how they are found in its answer. */
const SOURCES: Readonly<Record<NameKind, { readonly command: string; readonly name: RegExp }>> = {
  backend: { command: "show stat -1 2 -1", name: /^([^#,\n][^,\n]*),/gm },
  frontend: { command: "show stat -1 1 -1", name: /^([^#,\n][^,\n]*),/gm },
  proxy: { command: "show stat -1 3 -1", name: /^([^#,\n][^,\n]*),/gm },
  server: { command: "show stat -1 4 -1", name: /^([^#,\n][^,\n]*,[^,\n]+),/gm },
  table: { command: "show table", name: /^# table: ([^,\n]+),/gm },
  map: { command: "show map", name: /^-?\d+ \(([^)\n]+)\)/gm },
  acl: { command: "show acl", name: /^-?\d+ \(([^)\n]+)\)/gm },
  certificate: { command: "show ssl cert", name: /^([^#*\n].*)$/gm },
  sink: { command: "show events", name: /^ +(\S+) *:/gm },
};

/** The names of one kind within the answer to the command that shows them. */
export function readNames(kind: NameKind, answer: string): string[] {
  const found = [...answer.matchAll(SOURCES[kind].name)].map((match) => match[1] ?? "");
  return [...new Set(kind === "server" ? found.map((pair) => pair.replace(",", "/")) : found)];
}

/** What is known, asked for when it is needed. */
export class Knowledge {
  readonly #ask: Ask;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly until: number; readonly answer: Promise<string> }>();

  /**
   * @param ask asks HAProxy
   * @param now milliseconds of a clock
   */
  constructor(ask: Ask, now: () => number = () => performance.now()) {
    this.#ask = ask;
    this.#now = now;
  }

  /** The commands that this socket allows; none when it cannot be asked. */
  async capabilities(): Promise<readonly Capability[]> {
    try {
      return parseHelp(await this.#answer("help", COMMANDS_KEPT_MS));
    } catch {
      return []; // no help is no reason to end a shell
    }
  }

  /** The names of one kind; none when they cannot be asked for. */
  async names(kind: NameKind): Promise<readonly string[]> {
    try {
      return readNames(kind, await this.#answer(SOURCES[kind].command, NAMES_KEPT_MS));
    } catch {
      return [];
    }
  }

  #answer(command: string, keptMs: number): Promise<string> {
    const kept = this.#kept.get(command);
    if (kept && kept.until > this.#now()) return kept.answer;
    const answer = this.#ask(command);
    this.#kept.set(command, { until: this.#now() + keptMs, answer });
    return answer;
  }
}

const COMMANDS_KEPT_MS = 60_000;
const NAMES_KEPT_MS = 3_000;
