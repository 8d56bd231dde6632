/**
 * Reading an agent's line word by word, in the order and with the warnings of HAProxy's own code (`tcpcheck.c`,
 * `tcpcheck_agent_expect_reply`).
 */
import type { Admin, Health, ParsedReply, Weight } from "../reply.ts";

/** Reads a line: see `parseReply`. */
export function parseWords(line: string): ParsedReply {
  const end = line.search(LINE_END);
  if (end < 0 || line[end] === "\0") return { reply: {}, unknown: [], warnings: [INCOMPLETE] };
  const found: Found = { unknown: [], warnings: [] };
  const text = readWords(line.slice(0, end), found);
  const { health, admin, unknown, warnings } = found;
  const weight = found.weight === undefined ? undefined : readWeight(found.weight, warnings);
  const maxconn = found.maxconn === undefined ? undefined : readMaxconn(found.maxconn, warnings);
  // HAProxy shows the text only with a health word, and with "up" an error or a warning takes its place.
  const isTextShown = health === "up" ? unknown.length + warnings.length === 0 : health !== undefined;
  const reply = {
    ...health === undefined ? {} : { health },
    ...admin === undefined ? {} : { admin },
    ...weight === undefined ? {} : { weight },
    ...maxconn === undefined ? {} : { maxconn },
    ...isTextShown && text !== "" ? { text } : {},
  };
  return { reply, unknown, warnings };
}

/** The last word of each sort, and all of no sort. */
interface Found {
  health?: Health;
  admin?: Admin;
  weight?: string;
  maxconn?: string;
  unknown: string[];
  warnings: string[];
}

/** Sorts the words; gives the text behind the `#`. */
function readWords(line: string, found: Found): string {
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (DELIMITERS.includes(char)) at++;
    else if (char === "#") return line.slice(at + 1).replace(/^[\t ]+/, "");
    else {
      let end = at + 1;
      while (end < line.length && !DELIMITERS.includes(line.charAt(end))) end++;
      sortWord(line.slice(at, end), found);
      at = end;
    }
  }
  return "";
}

function sortWord(word: string, found: Found): void {
  const lower = word.toLowerCase();
  const health = HEALTH.find((one) => one === lower);
  const admin = ADMIN.find((one) => one === lower);
  if (health !== undefined) found.health = health;
  else if (admin !== undefined) found.admin = admin;
  else if (/^\d/.test(word) && word.includes("%")) found.weight = word;
  else if (lower.startsWith("weight:")) found.weight = word.slice("weight:".length);
  else if (lower.startsWith("maxconn:")) found.maxconn = word.slice("maxconn:".length);
  else found.unknown.push(word);
}

function readWeight(word: string, warnings: string[]): Weight | undefined {
  const [value, rest] = readLong(word);
  if (value === undefined) warnings.push("Empty weight string empty or preceded by garbage");
  else if (rest === "%" && value < 0) warnings.push("Relative weight must be positive.");
  else if (rest === "%") return { percent: Math.min(value, MOST_PERCENT) };
  else if (value < 0 || value > 256) warnings.push("Absolute weight can only be between 0 and 256 inclusive.");
  else if (rest !== "") warnings.push("Trailing garbage in weight string");
  else return { absolute: value };
  return undefined;
}

/** HAProxy does not look at the range: -1 becomes 4294967295. */
function readMaxconn(word: string, warnings: string[]): number | undefined {
  const [value, rest] = readLong(word);
  if (value === undefined) warnings.push("maxconn string empty or preceded by garbage");
  else if (rest !== "") warnings.push("Trailing garbage in maxconn string");
  else return Number(BigInt.asUintN(32, BigInt(value)));
  return undefined;
}

/** C's `strtol`: a number at the beginning, kept in range, and what is behind it. */
function readLong(text: string): readonly [value: number | undefined, rest: string] {
  const [all, digits] = /^[\v\f]*([+-]?\d+)/.exec(text) ?? [];
  if (all === undefined || digits === undefined) return [undefined, text];
  const value = Math.max(-MOST, Math.min(Number(digits), MOST));
  return [value === 0 ? 0 : value, text.slice(all.length)];
}

/** Any number this large is out of every range. */
const MOST = 2 ** 53 - 1;

const HEALTH: readonly Health[] = ["up", "down", "fail", "stopped"];
const ADMIN: readonly Admin[] = ["ready", "drain", "maint"];
const DELIMITERS = " \t,";
const MOST_PERCENT = 25_600;
const INCOMPLETE = "Ignoring incomplete line from agent";
/** HAProxy reads a C string: NUL ends it, before any line's end. */
const LINE_END = new RegExp("[\\r\\n\\0]");
