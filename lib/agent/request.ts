/**
 * What `agent-send` asks for: a check of the configuration by name, or one spelt out in either dialect of the Antelope
 * health checks. Pure: no I/O.
 *
 * | request | means |
 * |---|---|
 * | `web` | the check `web` of the configuration |
 * | `http\|http://10.0.0.1/health\|status=200-299` | a kind, its fields, its options (values percent-encoded) |
 * | `10.0.0.1:8888:10:v2` | host, port, blocks and version: eosio-api-healthcheck 0.2.0, as the option `arithmetic` says |
 */

import { withoutLogins } from "./secrets.ts";

/** What a request asks for. */
export type Request =
  | { readonly form: "name"; readonly name: string }
  | { readonly form: "check"; readonly dialect: Dialect; readonly kind: string; readonly options: RequestOptions }
  | { readonly form: "invalid"; readonly why: string };

/** `pipe`: today's. `colon`: that of eosio-api-healthcheck 0.2.0, whose arithmetic is another. */
export type Dialect = "pipe" | "colon";

/** A check's options as texts, by the names that its kind gives them. */
export type RequestOptions = Readonly<Record<string, string>>;

/** What there is to ask for. */
export interface Vocabulary {
  /** Whether the configuration has a check of this name. */
  readonly isConfigured: (name: string) => boolean;
  /** A kind that a request may name. */
  readonly kind: (name: string) => WireKind | undefined;
}

/** What of a kind of checks matters on the wire. */
export interface WireKind {
  readonly isOnWire: boolean;
  readonly wireFields: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Reads a request.
 *
 * @param text the line, with or without blanks around it
 * @param vocabulary what there is
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseRequest } from "./request.ts";
 * const tcp = { isOnWire: true, wireFields: ["address"], options: { expect: "what it says first" } };
 * const vocabulary = {
 *   isConfigured: (name: string) => name === "web",
 *   kind: (name: string) => name === "tcp" ? tcp : undefined,
 * };
 * assert.deepEqual(parseRequest("web\r\n", vocabulary), { form: "name", name: "web" });
 * assert.deepEqual(parseRequest("tcp|10.0.0.1:25|expect=220%20mail", vocabulary), {
 *   form: "check",
 *   dialect: "pipe",
 *   kind: "tcp",
 *   options: { address: "10.0.0.1:25", expect: "220 mail" },
 * });
 * ```
 */
export function parseRequest(text: string, vocabulary: Vocabulary): Request {
  const line = text.trim();
  if (line === "") return invalid("the request is empty: agent-send is missing");
  if (line.includes("|")) return parsePipes(line, vocabulary);
  if (vocabulary.isConfigured(line)) return { form: "name", name: line };
  // A kind alone: `load` needs no more, and of the others it is told what they need.
  if (vocabulary.kind(line) !== undefined) return parsePipes(line, vocabulary);
  return parseColons(line);
}

function parsePipes(line: string, vocabulary: Vocabulary): Request {
  const [name = "", ...words] = line.split("|").map((word) => word.trim());
  const kind = vocabulary.kind(name);
  if (kind === undefined) return invalid(`there is no kind of check "${short(name)}"`);
  if (!kind.isOnWire) return invalid(`a check of kind "${name}" is only made by the configuration`);
  const options: Record<string, string> = {};
  let field = 0;
  for (const word of words) {
    const [, key = "", value = ""] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    const option = optionNamed(key, kind);
    const target = option ?? kind.wireFields[field++];
    if (word === "") continue;
    if (target === undefined) return invalid(`kind "${name}" has no place for "${short(word)}"`);
    const read = option === undefined ? word : decode(value);
    if (read === undefined) return invalid(`option "${key}" is not percent-encoded: "${short(value)}"`);
    options[target] = read;
  }
  const [first] = kind.wireFields;
  if (first !== undefined && options[first] === undefined) return invalid(`kind "${name}" needs its ${first}`);
  return { form: "check", dialect: "pipe", kind: name, options };
}

/** An option, as the kind calls it (`numBlocks`) or as the configuration does (`num_blocks`). */
function optionNamed(key: string, kind: WireKind): string | undefined {
  const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(kind.options, name) ? name : undefined;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** `host:port:num_blocks:version`; what is no number is as if it were not there, and every version but `v2` is `v1`. */
function parseColons(line: string): Request {
  if (/^https?:\/\//.test(line)) return invalid(`say what to check about it: "http|${short(line)}"`);
  const [, v6, name = "", rest = ""] = /^(?:\[([^\]]*)\]|([^:]*))((?::.*)?)$/s.exec(line) ?? [];
  const isHost = v6 === undefined ? /^[\w.-]+$/.test(name) : /^[\da-fA-F:.]+$/.test(v6);
  const isName = rest === "" && v6 === undefined && !name.includes(".") && name !== "localhost";
  if (!isHost || isName) return invalid(`there is no check "${short(line)}"`);
  const [, port = "", numBlocks = "", version = ""] = rest.split(":").map((word) => word.trim());
  const authority = `${v6 === undefined ? name : `[${v6}]`}:${isInteger(port) ? Number(port) : 80}`;
  const options = { url: `http://${authority}`, arithmetic: "0.2.0" };
  return {
    form: "check",
    dialect: "colon",
    kind: version === "v2" ? "v2" : "v1",
    options: isInteger(numBlocks) ? { ...options, numBlocks } : options,
  };
}

function isInteger(word: string): boolean {
  return /^[+-]?\d{1,9}$/.test(word);
}

function invalid(why: string): Request {
  return { form: "invalid", why };
}

/** Enough of a word to know it by. */
function short(word: string): string {
  const bare = withoutLogins(word);
  const shown = bare.length <= SHORT ? bare : `${bare.slice(0, SHORT)}…`;
  return shown.toWellFormed().replace(/\p{C}/gu, "?");
}

const SHORT = 60;
