/**
 * The section of a message, and that of a group, read and checked line by line (SPOE.txt 2.3, 2.4).
 */
import { EVENTS, type SpoeEvent } from "../policies/policy.ts";
import { DEAD, type Diagnostics, REFUSED, SILENT } from "./diagnostic.ts";
import { MESSAGE_KEYWORDS } from "./keywords.ts";
import { eventsInstead } from "./fetch_events.ts";
import { suggestion } from "./nearest.ts";
import type { Section } from "./read.ts";
import type { Line, Word } from "./words.ts";

/** An argument: `name=expression`. */
export interface Argument {
  readonly word: Word;
  /** Empty when it has none. */
  readonly name: string;
  readonly expression: string;
}

/** A message, as far as the file says it well. */
export interface Message {
  readonly name: Word;
  readonly args: Argument[];
  event: { readonly word: Word; readonly name: SpoeEvent } | undefined;
}

/** A group. */
export interface Group {
  readonly name: Word;
  /** By name. */
  readonly messages: Map<string, Word>;
}

/**
 * Reads a message's section.
 *
 * @param section the section
 * @param diagnostics where remarks go
 */
export function readMessage(section: Section, diagnostics: Diagnostics): Message {
  const message: Message = { name: section.name, args: [], event: undefined };
  for (const line of section.lines) {
    const [keyword] = line.words;
    if (keyword === undefined) continue;
    const read = Object.hasOwn(READERS, keyword.text) ? READERS[keyword.text] : undefined;
    if (read !== undefined) {
      read(message, line, diagnostics);
    } else {
      const hint = suggestion(keyword.text, MESSAGE_KEYWORDS);
      const text = `"${keyword.text}" is no keyword of a message, and HAProxy skips the line without a word`;
      diagnostics.add(DEAD, keyword, "unknown_keyword", text, hint);
    }
  }
  return message;
}

/**
 * Checks what only the whole message shows: whether its arguments are there at its event.
 *
 * @param message one that the agent sends at its event
 * @param diagnostics where remarks go
 */
export function checkSentMessage({ args, event }: Message, diagnostics: Diagnostics): void {
  if (event === undefined) return;
  for (const { word, expression } of args) {
    const events = word.hasVariable ? undefined : eventsInstead(expression, event.name);
    if (events === undefined) continue;
    const message = `"${expression}" is not there at "${event.name}"`;
    const hint = `send the message at ${events.map((one) => `"${one}"`).join(", ")}`;
    diagnostics.add(REFUSED, word, "fetch_not_available", message, hint);
  }
}

/**
 * Reads a group's section.
 *
 * @param section the section
 * @param diagnostics where remarks go
 */
export function readGroup(section: Section, diagnostics: Diagnostics): Group {
  const group: Group = { name: section.name, messages: new Map() };
  for (const { words: [keyword, ...words] } of section.lines) {
    if (keyword === undefined) continue;
    if (keyword.text !== "messages") {
      const text = `"${keyword.text}" is no keyword of a group`;
      diagnostics.add(REFUSED, keyword, "unknown_keyword", text, suggestion(keyword.text, ["messages"]));
    }
    for (const word of keyword.text === "messages" ? words : []) {
      if (group.messages.has(word.text)) {
        diagnostics.add(REFUSED, word, "used_twice", `message "${word.text}" is used already`, "remove it here");
      } else {
        group.messages.set(word.text, word);
      }
    }
  }
  return group;
}

type Reader = (message: Message, line: Line, diagnostics: Diagnostics) => void;

const READERS: Readonly<Record<string, Reader>> = { acl: readAcl, args: readArgs, event: readEvent };

function readAcl(_message: Message, { words: [keyword, name, criterion] }: Line, diagnostics: Diagnostics): void {
  if (keyword === undefined || (name !== undefined && criterion !== undefined)) return;
  diagnostics.add(
    REFUSED,
    keyword,
    "missing_word",
    '"acl" needs a name and a criterion',
    'write "acl NAME src 192.0.2.0/24"',
  );
}

function readArgs(message: Message, { words: [, ...words] }: Line, diagnostics: Diagnostics): void {
  const names = new Set(message.args.map((one) => one.name));
  for (const word of words) {
    const equals = /^[^=(),]*=/.exec(word.text)?.[0];
    const name = equals?.slice(0, -1) ?? "";
    const expression = word.text.slice(equals?.length ?? 0);
    if (expression === "" || /^[^A-Za-z_]/.test(expression)) {
      const text = `"${word.text}" is no argument`;
      const hint = 'write "name=expression" without spaces around "="; HAProxy does not join lines';
      if (!word.hasVariable) diagnostics.add(REFUSED, word, "bad_argument", text, hint);
      continue;
    }
    if (name === "") {
      const text = `argument "${expression}" has no name, so a handler cannot ask for it`;
      diagnostics.add(
        SILENT,
        word,
        "unnamed_argument",
        text,
        `write for example "${suggestedName(expression)}=${expression}"`,
      );
    } else if (names.has(name)) {
      const text = `argument "${name}" is there twice, and handlers see only one of them`;
      diagnostics.add(SILENT, word, "duplicate_argument", text, "give it another name");
    }
    names.add(name);
    message.args.push({ word, name, expression });
  }
}

/** The last plain word of an expression: `authorization` of `req.hdr(authorization)`. */
function suggestedName(expression: string): string {
  const parts = expression.replace(/,.*$/, "").split(/[^A-Za-z0-9_]+/).filter((part) => part !== "");
  return parts.at(-1) ?? "name";
}

function readEvent(message: Message, { words: [keyword, name, condition] }: Line, diagnostics: Diagnostics): void {
  if (keyword === undefined) return;
  if (name === undefined) {
    diagnostics.add(REFUSED, keyword, "missing_word", '"event" has no name', `write one of ${EVENTS.join(", ")}`);
    return;
  }
  const event = EVENTS.find((one) => one === name.text);
  if (event === undefined) {
    if (name.hasVariable) return;
    diagnostics.add(REFUSED, name, "unknown_event", `"${name.text}" is no event`, suggestion(name.text, EVENTS));
    return;
  }
  if (condition !== undefined && condition.text !== "if" && condition.text !== "unless") {
    const text = `a condition begins with "if" or "unless", not with "${condition.text}"`;
    diagnostics.add(REFUSED, condition, "bad_condition", text, `write "event ${event} if ${condition.text} …"`);
  }
  if (message.event !== undefined) {
    const text = `a message has one event, and this one replaces "${message.event.name}"`;
    diagnostics.add(SILENT, name, "event_replaced", text, "make a second message for the other event");
  }
  message.event = { word: name, name: event };
}
