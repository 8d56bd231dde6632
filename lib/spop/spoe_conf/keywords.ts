/**
 * The keywords of an agent's section (SPOE.txt 2.2) as data: how many words each takes and since when it does nothing.
 */

/** A keyword or an option. */
export interface Keyword {
  /** The least and the most words behind it. */
  readonly words: readonly [least: number, most: number];
  /** Whether HAProxy 3.1 and later read it and do nothing. */
  readonly isIgnored?: true;
  /** Whether `no` may stand before it; `only` for `log`, which takes nothing then. */
  readonly canBeNegated?: true;
  /** What its word must be. */
  readonly value?: "variable" | "backend" | "number";
}

/** What stands behind `option`. */
export const OPTIONS: Readonly<Record<string, Keyword>> = {
  async: { words: [0, 0], canBeNegated: true, isIgnored: true },
  "continue-on-error": { words: [0, 0] },
  "dontlog-normal": { words: [0, 0], canBeNegated: true },
  "force-set-var": { words: [0, 0] },
  pipelining: { words: [0, 0], canBeNegated: true },
  "send-frag-payload": { words: [0, 0], canBeNegated: true, isIgnored: true },
  "set-on-error": { words: [1, 1], value: "variable" },
  "set-process-time": { words: [1, 1], value: "variable" },
  "set-total-time": { words: [1, 1], value: "variable" },
  "var-prefix": { words: [1, 1], value: "variable" },
};

/** What a line of an agent's section begins with. */
export const AGENT_KEYWORDS: Readonly<Record<string, Keyword>> = {
  groups: { words: [0, Infinity] },
  log: { words: [1, Infinity] },
  maxconnrate: { words: [1, 1], isIgnored: true, value: "number" },
  maxerrrate: { words: [1, 1], isIgnored: true, value: "number" },
  "max-frame-size": { words: [1, 1] },
  "max-waiting-frames": { words: [1, 1], isIgnored: true },
  messages: { words: [0, Infinity] },
  option: { words: [1, Infinity] },
  "register-var-names": { words: [1, Infinity] },
  timeout: { words: [1, 2] },
  "use-backend": { words: [1, 1] },
};

/** What stands behind `timeout`. */
export const TIMEOUTS: Readonly<Record<string, Keyword>> = {
  hello: { words: [1, 1], isIgnored: true },
  idle: { words: [1, 1], isIgnored: true },
  processing: { words: [1, 1] },
};

/** What a line of a message's section may begin with; HAProxy skips all others without a word. */
export const MESSAGE_KEYWORDS = ["acl", "args", "event"] as const;

/** What HAProxy allows in names of variables and in their prefix. */
export const VARIABLE_NAME = /^[A-Za-z0-9_.]+$/;
