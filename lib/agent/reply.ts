/**
 * The words in which an agent answers HAProxy's agent-check: one line of them, written and read exactly as HAProxy reads it
 * (configuration manual, 5.2 "agent-check"). Pure: no I/O.
 */
import { HappiError } from "../errors.ts";
import { parseWords } from "./reply/words.ts";

/** The agent's word on the server's health: `up`, or one of three words for down that HAProxy shows as they are. */
export type Health = "up" | "down" | "fail" | "stopped";

/** The agent's word on the server's administrative state. `ready` also undoes what an operator did on HAProxy's socket. */
export type Admin = "ready" | "drain" | "maint";

/** A weight: in percent of the one in HAProxy's configuration, or absolute (HAProxy 3.1 and later only). */
export type Weight = { readonly percent: number } | { readonly absolute: number };

/** What HAProxy is told; what is left out stays as it is there. */
export interface Reply {
  readonly health?: Health;
  readonly admin?: Admin;
  readonly weight?: Weight;
  /** Connections to the server at once; 0 for no limit. */
  readonly maxconn?: number;
  /** Shown by HAProxy beside the health word, and only with one. */
  readonly text?: string;
}

/** A reply as HAProxy understands a line. */
export interface ParsedReply {
  readonly reply: Reply;
  /** Words that HAProxy does not know, in order; it shows the first as an error, and obeys the others. */
  readonly unknown: readonly string[];
  /** What HAProxy warns of, in its words: a weight or maxconn that is none, a line without its end. */
  readonly warnings: readonly string[];
}

/** `haproxy`: HAProxy's own words. `seed`: `failed` for `fail` and no text, as eosio-api-healthcheck 0.2.0 said it. */
export type ReplyWords = "haproxy" | "seed";

/** A reply that HAProxy would not understand. */
export class InvalidReply extends HappiError {
  /** @param why what is wrong with it */
  constructor(why: string) {
    super("invalid_reply", `Cannot say that to HAProxy: ${why}`);
  }
}

/**
 * Writes a reply as a line with its end. The text is cut to what HAProxy shows, and what is no letter of it becomes a space.
 *
 * @param reply what to say
 * @param words whose words
 * @returns `50% down # head block is lagging\n`
 * @throws {InvalidReply} when a number is out of range, or nothing is said
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatReply } from "./reply.ts";
 * assert.equal(formatReply({ health: "down", text: "lagging 12 s" }), "down # lagging 12 s\n");
 * assert.equal(formatReply({ health: "up", admin: "ready", weight: { percent: 75 } }), "ready 75% up\n");
 * assert.equal(formatReply({ health: "fail", text: "no answer" }, "seed"), "failed\n");
 * ```
 */
export function formatReply(reply: Reply, words: ReplyWords = "haproxy"): string {
  const { health, admin, weight, maxconn, text } = reply;
  const said: string[] = [];
  if (admin !== undefined) said.push(admin);
  if (weight !== undefined) said.push(formatWeight(weight));
  if (maxconn !== undefined) said.push(`maxconn:${whole(maxconn, "maxconn", MOST_CONNECTIONS)}`);
  if (health !== undefined) said.push(words === "seed" && health === "fail" ? "failed" : health);
  if (said.length === 0) throw new InvalidReply("it has no word");
  if (health !== undefined && text !== undefined && words === "haproxy") {
    const shown = shownText(text, SHOWN_BYTES - `via agent : ${health} ()`.length);
    if (shown !== "") said.push("#", shown);
  }
  return `${said.join(" ")}\n`;
}

/**
 * Reads a line as HAProxy (3.1 and later) does: the last word of each sort counts, whatever its case, and a line without its
 * end counts for nothing.
 *
 * @param line what an agent said
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseReply } from "./reply.ts";
 * assert.deepEqual(parseReply("Up 20%,80%\tsoon # fine\r\n"), {
 *   reply: { health: "up", weight: { percent: 80 } },
 *   unknown: ["soon"],
 *   warnings: [],
 * });
 * ```
 */
export function parseReply(line: string): ParsedReply {
  return parseWords(line);
}

/**
 * Reads the words of a reply as somebody writes them into a configuration: strictly, and without the line's end.
 *
 * @param words `drain`, `10% up`
 * @throws {InvalidReply} when HAProxy does not know a word, or a number is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readReply } from "./reply.ts";
 * assert.deepEqual(readReply("10% up"), { health: "up", weight: { percent: 10 } });
 * assert.throws(() => readReply("failed"), /HAProxy does not know "failed"/);
 * ```
 */
export function readReply(words: string): Reply {
  const { reply, unknown, warnings } = parseWords(`${words}\n`);
  const [stranger] = unknown;
  if (stranger !== undefined) throw new InvalidReply(`HAProxy does not know "${stranger}"`);
  const [warning] = warnings;
  if (warning !== undefined) throw new InvalidReply(`"${words}": ${warning}`);
  formatReply(reply);
  return reply;
}

/**
 * Whether a server that is told this gets new traffic.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isUpSide } from "./reply.ts";
 * assert.equal(isUpSide({ weight: { percent: 10 } }), true);
 * assert.equal(isUpSide({ health: "up", admin: "drain" }), false);
 * ```
 */
export function isUpSide(reply: Reply): boolean {
  return (reply.health === undefined || reply.health === "up") && reply.admin !== "drain" && reply.admin !== "maint";
}

/** The word that a reply is counted by: its health word, its admin word where there is none, else `other`. */
export function mainWord({ health, admin }: Reply): Health | Admin | "other" {
  return health ?? admin ?? "other";
}

function formatWeight(weight: Weight): string {
  if ("percent" in weight) return `${whole(weight.percent, "weight", MOST_PERCENT)}%`;
  return `weight:${whole(weight.absolute, "weight", 256)}`;
}

function whole(value: number, what: string, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new InvalidReply(`${what} is "${value}" and must be a whole number from 0 to ${most}`);
}

/** The text with its blanks tidied, cut at a character to so many bytes of UTF-8. */
function shownText(text: string, bytes: number): string {
  const tidy = text.toWellFormed().replace(UNSHOWN, " ").trim();
  const room = new Uint8Array(bytes);
  const { read } = new TextEncoder().encodeInto(tidy, room);
  return tidy.slice(0, read).trimEnd();
}

/** What HAProxy shows of a check, in bytes: `via agent : down (text)`. */
const SHOWN_BYTES = 127;
const MOST_CONNECTIONS = 2 ** 31 - 1;
/** HAProxy takes no larger ones; none makes a weight of more than 256. */
const MOST_PERCENT = 25_600;
const UNSHOWN = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
