/**
 * What Tab offers in the shell: the words of HAProxy's commands, and names where a command takes one.
 */
import type { Capability } from "../../client/mod.ts";
import type { NameKind } from "./knowledge.ts";

/** Where completion takes its words from; {@linkcode Knowledge} is one. */
export interface CompletionSource {
  capabilities(): Promise<readonly Capability[]>;
  names(kind: NameKind): Promise<readonly string[]>;
}

/** The words that fit, and the part of the line that they replace. */
export type Completion = readonly [candidates: string[], partial: string];

/**
 * Completes the last word of a line.
 *
 * @param line what stands left of the cursor
 * @param source what the connected HAProxy knows
 * @returns whole words with a blank after them, as readline wants them
 */
export async function complete(line: string, source: CompletionSource): Promise<Completion> {
  const words = line.trimStart().split(/\s+/);
  const partial = words.pop() ?? "";
  const offered = [...await commandWords(words, source), ...await argumentWords(words, source)];
  const fitting = [...new Set(offered)].filter((one) => one.startsWith(partial)).sort();
  return [fitting.map((one) => `${one} `), partial];
}

async function commandWords(words: readonly string[], source: CompletionSource): Promise<string[]> {
  const capabilities = await source.capabilities();
  const own = words.length === 0 ? SHELL_WORDS : [];
  const next = capabilities
    .filter((one) => one.words.length > words.length && words.every((word, index) => one.words[index] === word))
    .map((one) => one.words[words.length] ?? "");
  return [...own, ...next.filter((word) => /^[a-z]/.test(word))];
}

async function argumentWords(words: readonly string[], source: CompletionSource): Promise<readonly string[]> {
  for (const { after, offers } of POSITIONS) {
    if (!fits(words, after.split(" "))) continue;
    return typeof offers === "string" ? await source.names(offers) : offers;
  }
  return [];
}

/** Whether the words are those of the pattern; `*` stands for any. */
function fits(words: readonly string[], pattern: readonly string[]): boolean {
  return words.length === pattern.length && pattern.every((one, index) => one === "*" || one === words[index]);
}

/** What the shell itself understands. */
export const SHELL_WORDS = ["exit", "help", "quit"];

const TABLE_FILTERS = ["data.", "key", "ptr"];

/** Positions where a name or one of a few words is expected: after which words, and what. */
const POSITIONS: readonly { readonly after: string; readonly offers: NameKind | readonly string[] }[] = [
  { after: "show servers state", offers: "backend" },
  { after: "show servers conn", offers: "backend" },
  { after: "show stat", offers: "proxy" },
  { after: "show errors", offers: "proxy" },
  { after: "set server", offers: "server" },
  {
    after: "set server *",
    offers: ["addr", "agent", "agent-addr", "agent-port", "agent-send", "check-addr", "check-port"].concat(
      ["fqdn", "health", "ssl", "state", "weight"],
    ),
  },
  { after: "set server * state", offers: ["drain", "maint", "ready"] },
  { after: "set server * health", offers: ["down", "stopping", "up"] },
  { after: "set server * agent", offers: ["down", "up"] },
  { after: "set server * ssl", offers: ["off", "on"] },
  { after: "set maxconn server", offers: "server" },
  { after: "set maxconn frontend", offers: "frontend" },
  { after: "set weight", offers: "server" },
  { after: "get weight", offers: "server" },
  ...["server", "health", "agent"].flatMap((what) => [
    { after: `enable ${what}`, offers: "server" as const },
    { after: `disable ${what}`, offers: "server" as const },
  ]),
  { after: "del server", offers: "server" },
  { after: "shutdown sessions server", offers: "server" },
  { after: "enable frontend", offers: "frontend" },
  { after: "disable frontend", offers: "frontend" },
  { after: "shutdown frontend", offers: "frontend" },
  ...["show", "clear", "set"].map((verb) => ({ after: `${verb} table`, offers: "table" as const })),
  { after: "show table *", offers: TABLE_FILTERS },
  { after: "clear table *", offers: TABLE_FILTERS },
  { after: "set table *", offers: ["key", "ptr"] },
  ...["show", "add", "set", "del", "clear", "get", "prepare", "commit"].flatMap((verb) => [
    { after: `${verb} map`, offers: "map" as const },
    { after: `${verb} acl`, offers: "acl" as const },
  ]),
  ...["show", "set", "commit", "abort", "del"].map((verb) => ({
    after: `${verb} ssl cert`,
    offers: "certificate" as const,
  })),
  { after: "show events", offers: "sink" },
];
