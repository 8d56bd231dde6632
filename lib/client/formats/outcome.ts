/**
 * Did a command that changes something work? The CLI has no status code: success is an empty answer for most commands, a
 * known sentence for some, and everything else is HAProxy's refusal in its own words (management guide, 9.3).
 *
 * A table says which command proves its success by which sentence. What is not in it is not a success.
 *
 * @module
 */

import { answerLines } from "./expect.ts";

/** How a command ended. */
export type Outcome =
  | {
    ok: true;
    /** What HAProxy said, without blank lines around it; empty for most commands. */
    message: string;
  }
  | {
    ok: false;
    /** Why not, in HAProxy's words where it gave any. */
    reason: string;
  };

/**
 * Judges the answer to one command that changes something (`set`, `add`, `del`, `commit`, `wait`, ...). It is not made for
 * commands that show something: text that answers one of those is a refusal here.
 *
 * @param command the command as it was sent, payload included or not
 * @param answer the whole answer, without severity prefix
 * @returns `ok` with what HAProxy said, or the reason why it is not proven that the command worked
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { judgeAnswer } from "./outcome.ts";
 *
 * assert.deepEqual(judgeAnswer("set server web/s1 state drain", "\n"), { ok: true, message: "" });
 * assert.deepEqual(judgeAnswer("set server web/s1 weight 300", "Absolute weight can only be between 0 and 256 inclusive.\n\n"), {
 *   ok: false,
 *   reason: "Absolute weight can only be between 0 and 256 inclusive.",
 * });
 * assert.deepEqual(judgeAnswer("commit ssl cert site.pem", "Committing site.pem..\nSuccess!\n\n"), {
 *   ok: true,
 *   message: "Committing site.pem..\nSuccess!",
 * });
 * // 2.6 changes the one open transaction, whatever name it is given.
 * assert.equal(judgeAnswer("set ssl cert other.pem <<", "Transaction updated for certificate site.pem!\n").ok, false);
 * ```
 */
export function judgeAnswer(command: string, answer: string): Outcome {
  const words = commandWords(command);
  const rule = RULES.find(({ prefix }) => prefix.every((word, index) => word === words[index]));
  const lines = answerLines(answer);
  const message = lines.join("\n");
  if (lines.length === 0) {
    if (rule === undefined || rule.silent) return { ok: true, message };
    return { ok: false, reason: "HAProxy answered nothing, where it confirms what it has done" };
  }
  const last = lines.at(-1) ?? "";
  for (const sentence of rule?.sentences ?? []) {
    const match = sentence.exec(last);
    // A blank line ends an answer: text in front of one belongs to another command (2.6 runs the lines of a cut payload).
    if (match === null || lines.includes("") || (rule?.first !== undefined && !rule.first.test(message))) continue;
    const named = match.groups?.["name"];
    if (named !== undefined && !isSameStore(named, words[rule?.prefix.length ?? 0] ?? "")) {
      return { ok: false, reason: `HAProxy changed the transaction of another file: ${message}` };
    }
    return { ok: true, message };
  }
  return { ok: false, reason: message };
}

interface Rule {
  /** The command's first words. */
  prefix: readonly string[];
  /** Whether an empty answer is a success. */
  silent: boolean;
  /** The last line of an answer that is a success; a group `name` has to be the command's next word. */
  sentences: readonly RegExp[];
  /** What the answer has to start with, where its last line alone proves too little. */
  first?: RegExp;
}

/** Commands that confirm in a sentence: without it they have not worked. */
const SENTENCES: readonly (readonly [string, RegExp, RegExp?])[] = [
  ["add server", /^New server registered\.$/],
  ["del server", /^Server deleted\.$/],
  ["add backend", /^New backend registered\.$/],
  ["del backend", /^Backend deleted\.$/],
  ["publish backend", /^Backend published\.$/],
  ["unpublish backend", /^Backend unpublished\.$/],
  ["wait", /^Done\.$/],
  ["prepare map", /^New version created: \d+$/],
  ["prepare acl", /^New version created: \d+$/],
  ["new ssl cert", /^New empty certificate store '(?<name>.+)'!$/],
  ["new ssl ca-file", /^New CA file created '(?<name>.+)'!$/],
  ["new ssl crl-file", /^New CRL file created '(?<name>.+)'!$/],
  ["set ssl cert", /^Transaction (?:created|updated) for certificate (?<name>.+)!$/],
  ["set ssl ca-file", /^[Tt]ransaction (?:created|updated) for CA (?<name>.+)!$/],
  ["add ssl ca-file", /^[Tt]ransaction (?:created|updated) for CA (?<name>.+)!$/],
  ["set ssl crl-file", /^[Tt]ransaction (?:created|updated) for CRL (?<name>.+)!$/],
  ["commit ssl cert", /^Success!$/, /^Committing /],
  ["commit ssl ca-file", /^Success!$/, /^Committing /],
  ["commit ssl crl-file", /^Success!$/, /^Committing /],
  ["abort ssl cert", /^Transaction aborted for certificate '(?<name>.+)'!$/],
  ["abort ssl ca-file", /^Transaction aborted for certificate '(?<name>.+)'!$/],
  ["abort ssl crl-file", /^Transaction aborted for certificate '(?<name>.+)'!$/],
  ["del ssl cert", /^Certificate '(?<name>.+)' deleted!$/],
  ["del ssl ca-file", /^CA file '(?<name>.+)' deleted!$/],
  ["del ssl crl-file", /^CRL file '(?<name>.+)' deleted!$/],
  ["add ssl crt-list", /^Success!$/, /^Inserting certificate '/],
  ["del ssl crt-list", /^Entry '.+' deleted in crtlist '.+'!$/],
  ["set ssl ocsp-response", /^OCSP Response updated!$/],
  ["set ssl tls-key", /^TLS ticket key updated!$/],
  ["trace 0", /^All traces now stopped$/],
];

/** Commands that are mostly silent and say something on some of their successes. */
const SILENT_OR: readonly (readonly [string, readonly RegExp[]])[] = [
  ["set server", [
    // 2.6 names both, later versions only what changed. "can't change <port> ..." behind a comma is a failure.
    /^(?:IP changed from '[^']*' to '[^']*'|no need to change the addr)(?:, (?:port changed from '[^']*' to '[^']*'|no need to change the port))? by '[^']*'$/,
    /^port changed from '[^']*' to '[^']*' by '[^']*'$/,
    /^nothing changed$/,
    /^\S+ changed its FQDN from \S+ to \S+ by '[^']*'$/,
    /^no need to change the FDQN by '[^']*'$/,
    /^server ssl setting updated\.$/,
  ]],
  // 3.5 and later.
  ["clear counters", [/^Server counters cleared\.$/]],
];

const RULES: readonly Rule[] = [
  ...SENTENCES.map(([prefix, sentence, first]) => ({
    prefix: prefix.split(" "),
    silent: false,
    sentences: [sentence],
    ...(first === undefined ? {} : { first }),
  })),
  ...SILENT_OR.map(([prefix, sentences]) => ({ prefix: prefix.split(" "), silent: true, sentences })),
];

/** The words of a command's first line; a backslash takes the next character as it is. */
function commandWords(command: string): string[] {
  const lineFeed = command.indexOf("\n");
  const line = lineFeed < 0 ? command : command.slice(0, lineFeed);
  return (line.match(/(?:\\.|[^\\\s])+/g) ?? []).map((word) => word.replace(/\\(.)/g, "$1"));
}

/** Whether two names are of the same certificate store: `site.pem` and its parts such as `site.pem.ocsp` or `site.key`. */
function isSameStore(named: string, asked: string): boolean {
  if (named === asked || asked.startsWith(`${named}.`)) return true;
  const part = asked.lastIndexOf(".");
  // With `ssl-load-extra-del-ext`, "site.key" belongs to "site.crt".
  return part > 0 && PARTS.has(asked.slice(part + 1)) && named.startsWith(asked.slice(0, part + 1));
}

const PARTS: ReadonlySet<string> = new Set(["key", "issuer", "ocsp", "sctl"]);
