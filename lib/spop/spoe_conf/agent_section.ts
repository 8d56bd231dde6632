/**
 * The section of an agent, read and checked line by line.
 */
import { DEAD, type Diagnostics, REFUSED, SILENT, WARNED } from "./diagnostic.ts";
import { parseDuration } from "./duration.ts";
import { AGENT_KEYWORDS, type Keyword, OPTIONS, TIMEOUTS, VARIABLE_NAME } from "./keywords.ts";
import { suggestion } from "./nearest.ts";
import type { Section } from "./read.ts";
import { type HaproxyVersion, hasSpopMode } from "./version.ts";
import type { Line, Word } from "./words.ts";

/** An agent, as far as the file says it well. */
export interface Agent {
  readonly name: Word;
  /** By name. */
  readonly messages: Map<string, Word>;
  /** By name. */
  readonly groups: Map<string, Word>;
  readonly registered: Word[];
  /** `timeout` by kind, in milliseconds. */
  readonly timeouts: Map<string, { readonly word: Word; readonly ms: number }>;
  /** Options that are on, with their value where they have one. */
  readonly options: Map<string, Word | undefined>;
  backend: Word | undefined;
}

/** What a reading of the section needs to know. */
export interface AgentContext {
  readonly diagnostics: Diagnostics;
  readonly version: HaproxyVersion;
  /** `tune.bufsize`. */
  readonly bufsize: number;
}

/**
 * Reads an agent's section.
 *
 * @param section the section
 * @param context for what, and where remarks go
 */
export function readAgent(section: Section, context: AgentContext): Agent {
  const agent: Agent = {
    name: section.name,
    messages: new Map(),
    groups: new Map(),
    registered: [],
    timeouts: new Map(),
    options: new Map(),
    backend: undefined,
  };
  for (const line of section.lines) readLine(agent, line, context);
  checkWhole(agent, context);
  return agent;
}

/** The prefix of the agent's variables. */
export function prefixOf(agent: Agent): string {
  return agent.options.get("var-prefix")?.text ?? agent.name.text;
}

function readLine(agent: Agent, line: Line, context: AgentContext): void {
  const [first, second] = line.words;
  const isNegated = first?.text === "no";
  const keyword = isNegated ? second : first;
  const words = line.words.slice(isNegated ? 2 : 1);
  if (first === undefined) return;
  const { diagnostics } = context;
  if (keyword === undefined || (isNegated && keyword.text !== "option" && keyword.text !== "log")) {
    const hint = '"no" stands before "option" and "log" only';
    diagnostics.add(REFUSED, first, "bad_negation", `"${line.raw}" cannot be negated`, hint);
    return;
  }
  if (isNegated && keyword.text === "log") return;
  if (keyword.text === "option") return readOption(agent, keyword, words, isNegated, context);
  const known = Object.hasOwn(AGENT_KEYWORDS, keyword.text) ? AGENT_KEYWORDS[keyword.text] : undefined;
  if (known === undefined) {
    const hint = suggestion(keyword.text, Object.keys(AGENT_KEYWORDS));
    diagnostics.add(REFUSED, keyword, "unknown_keyword", `"${keyword.text}" is no keyword of an agent`, hint);
    return;
  }
  if (!hasRightCount(known, keyword, keyword.text, words, context)) return;
  if (known.isIgnored) noteIgnored(keyword, keyword.text, context);
  READERS[keyword.text]?.(agent, keyword, words, context);
}

type Reader = (agent: Agent, keyword: Word, words: readonly Word[], context: AgentContext) => void;

const READERS: Readonly<Record<string, Reader>> = {
  messages: (agent, _keyword, words, context) => addNames(agent.messages, "message", words, context),
  groups: (agent, _keyword, words, context) => addNames(agent.groups, "group", words, context),
  "use-backend": (agent, _keyword, [name]) => agent.backend = name,
  "register-var-names": (agent, _keyword, words, { diagnostics }) => {
    agent.registered.push(...words);
    for (const word of words) checkVariable(word, "the name of a variable", diagnostics);
  },
  "max-frame-size": checkFrameSize,
  "max-waiting-frames": checkWaitingFrames,
  maxconnrate: checkRate,
  maxerrrate: checkRate,
  timeout: readTimeout,
};

/** Adds names; HAProxy refuses one that is there already. */
function addNames(
  names: Map<string, Word>,
  what: string,
  words: readonly Word[],
  { diagnostics }: AgentContext,
): void {
  for (const word of words) {
    if (names.has(word.text)) {
      diagnostics.add(REFUSED, word, "used_twice", `${what} "${word.text}" is used already`, "remove it here");
    } else {
      names.set(word.text, word);
    }
  }
}

function readOption(
  agent: Agent,
  keyword: Word,
  words: readonly Word[],
  isNegated: boolean,
  context: AgentContext,
): void {
  const [name, value] = words;
  const { diagnostics } = context;
  const names = Object.keys(OPTIONS);
  if (name === undefined) {
    diagnostics.add(REFUSED, keyword, "missing_word", '"option" has no name', suggestion("", names));
    return;
  }
  const known = Object.hasOwn(OPTIONS, name.text) ? OPTIONS[name.text] : undefined;
  if (known === undefined) {
    const message = `"option ${name.text}" is no option of an agent`;
    diagnostics.add(REFUSED, name, "unknown_option", message, suggestion(name.text, names));
    return;
  }
  if (isNegated && !known.canBeNegated) {
    const message = `"option ${name.text}" cannot be negated`;
    diagnostics.add(REFUSED, name, "bad_negation", message, "remove the line, it is off by default");
    return;
  }
  if (!hasRightCount(known, name, `option ${name.text}`, words.slice(1), context)) return;
  if (known.isIgnored) noteIgnored(name, `option ${name.text}`, context);
  if (known.value === "variable" && value !== undefined) checkVariable(value, `"option ${name.text}"`, diagnostics);
  if (isNegated) agent.options.delete(name.text);
  else agent.options.set(name.text, value);
}

function hasRightCount(
  known: Keyword,
  keyword: Word,
  name: string,
  words: readonly Word[],
  { diagnostics, version }: AgentContext,
): boolean {
  const [least, most] = known.words;
  const extra = words[most];
  if (words.length < least) {
    diagnostics.add(REFUSED, keyword, "missing_word", `"${name}" needs a word behind it`, "add it, or remove the line");
  } else if (extra !== undefined && !(hasSpopMode(version) && known.value === "number")) {
    const message = `"${name}" does not take "${extra.text}"`;
    diagnostics.add(REFUSED, extra, "extra_word", message, "remove it");
  } else {
    return true;
  }
  return false;
}

function noteIgnored(keyword: Word, name: string, { diagnostics, version }: AgentContext): void {
  if (!hasSpopMode(version)) return;
  const message = `"${name}" does nothing since HAProxy 3.1`;
  diagnostics.add(SILENT, keyword, "ignored", message, "remove the line");
}

function readTimeout(agent: Agent, _keyword: Word, [kind, value]: readonly Word[], context: AgentContext): void {
  const { diagnostics, version } = context;
  if (kind === undefined) return;
  const known = Object.hasOwn(TIMEOUTS, kind.text) ? TIMEOUTS[kind.text] : undefined;
  if (known === undefined) {
    const message = `"timeout ${kind.text}" is no time of an agent`;
    diagnostics.add(REFUSED, kind, "unknown_timeout", message, suggestion(kind.text, Object.keys(TIMEOUTS)));
    return;
  }
  if (known.isIgnored) noteIgnored(kind, `timeout ${kind.text}`, context);
  // 3.1 and later do not even look at the value of one that does nothing.
  if (known.isIgnored && hasSpopMode(version)) return;
  const ms = value === undefined ? undefined : parseDuration(value.text);
  if (value !== undefined && ms !== undefined) agent.timeouts.set(kind.text, { word: value, ms });
  else if (value?.hasVariable !== true) {
    const message = `"timeout ${kind.text}" needs a time and has "${value?.text ?? ""}"`;
    diagnostics.add(REFUSED, value ?? kind, "bad_time", message, 'write for example "500ms", "2s" or "1m"');
  }
}

function checkFrameSize(_agent: Agent, _keyword: Word, [size]: readonly Word[], context: AgentContext): void {
  if (size === undefined || size.hasVariable) return;
  const most = context.bufsize - 4;
  // HAProxy reads digits and stops at what is none.
  const bytes = Number(/^\d+/.exec(size.text)?.[0] ?? NaN);
  if (bytes >= 256 && bytes <= most) return;
  const message = `"max-frame-size" is "${size.text}" and must be from 256 to ${most}`;
  const hint = 'remove the line (the default is the most), or raise "tune.bufsize"';
  context.diagnostics.add(REFUSED, size, "bad_frame_size", message, hint);
}

function checkWaitingFrames(_agent: Agent, _keyword: Word, [count]: readonly Word[], context: AgentContext): void {
  if (count === undefined || count.hasVariable || hasSpopMode(context.version) || /^0*[1-9]/.test(count.text)) return;
  const message = `"max-waiting-frames" is "${count.text}" and must be a number above 0`;
  context.diagnostics.add(REFUSED, count, "bad_number", message, "remove the line, the default is 20");
}

function checkRate(_agent: Agent, keyword: Word, [rate]: readonly Word[], context: AgentContext): void {
  if (rate === undefined || rate.hasVariable || hasSpopMode(context.version) || /^\d+$/.test(rate.text)) return;
  const message = `"${keyword.text}" is "${rate.text}", which HAProxy takes for 0: no limit`;
  context.diagnostics.add(SILENT, rate, "bad_number", message, "write a number");
}

function checkVariable(word: Word, what: string, diagnostics: Diagnostics): void {
  if (word.hasVariable || VARIABLE_NAME.test(word.text)) return;
  const hint = 'use letters, digits, "_" and "."';
  diagnostics.add(REFUSED, word, "bad_variable", `"${word.text}" cannot be ${what}`, hint);
}

/** What only the whole section shows. */
function checkWhole(agent: Agent, { diagnostics, version }: AgentContext): void {
  const { name } = agent;
  if (agent.backend === undefined) {
    const message = `agent "${name.text}" has no backend`;
    diagnostics.add(REFUSED, name, "no_backend", message, 'add "use-backend NAME"');
  }
  if (agent.messages.size + agent.groups.size === 0) {
    const more = hasSpopMode(version) ? "" : ", on which HAProxy may crash before 3.1";
    const message = `agent "${name.text}" has no message and no group${more}`;
    diagnostics.add({ ...DEAD, haproxy: "warns" }, name, "no_messages", message, 'add "messages NAME"');
  }
  if (!agent.options.has("var-prefix") && !VARIABLE_NAME.test(name.text)) {
    const message = `the agent's name "${name.text}" cannot be the prefix of its variables`;
    diagnostics.add(REFUSED, name, "bad_variable", message, 'add "option var-prefix NAME"');
  }
  const needed = hasSpopMode(version) ? ["processing"] : ["hello", "idle", "processing"];
  for (const kind of needed.filter((one) => !((agent.timeouts.get(one)?.ms ?? 0) > 0))) {
    const message = `agent "${name.text}" has no "timeout ${kind}", so a stalled agent holds requests for ever`;
    diagnostics.add(
      WARNED,
      agent.timeouts.get(kind)?.word ?? name,
      "no_timeout",
      message,
      `add "timeout ${kind} TIME"`,
    );
  }
}
