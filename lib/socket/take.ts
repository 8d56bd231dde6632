/**
 * How the answer to one command is taken out of all that came over its connection (see frame.ts for what was sent).
 */
import { decoder } from "./intake.ts";
import { betweenPrompts } from "./target.ts";

/**
 * The answer as HAProxy gave it, severity mark included; or that it was cut off, and why one thinks so; or that it is
 * none of HAProxy's.
 */
export type Taken =
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "cut"; readonly why: string }
  | { readonly kind: "foreign" };

/** Its answer is known and proves that the one before it is whole; every level may run it. */
export const PROOF = "show cli level";

const PROVEN = /(?:\[\w+\]: )?(?:admin|operator|user)\n\n$/;
const PROOF_LENGTH = 40;

/** Words that come instead of everything else, because HAProxy or its master gave up on the line. */
const EARLY_REFUSAL =
  /^\n*((?:\[3\]: )?(?:The command (?:line )?is too big|The payload is too big|Can't find the target|Can't connect to the target)[^\n]*\n)/;

/**
 * On a worker's socket. The modes answer with a lone line feed each, and so does the command for the marks.
 *
 * @param text all that came
 * @param modes how many were entered
 * @param isProven whether the proof was asked for
 */
export function takeFromWorker(text: string, modes: number, isProven: boolean): Taken {
  const early = EARLY_REFUSAL.exec(text);
  if (early) return { kind: "answer", text: early[1] ?? "" };
  if (text === "") return { kind: "cut", why: "the connection ended without an answer" };
  if (!text.startsWith("\n")) return { kind: "foreign" };
  return withoutModes(takeToEnd(text.slice(1), isProven), modes);
}

/**
 * From the master itself. It drops what follows a `reload`, the proof too.
 *
 * @param text all that came
 */
export function takeFromMaster(text: string): Taken {
  const proven = takeToEnd(text, true);
  return proven.kind === "answer" ? proven : takeToEnd(text, false);
}

/**
 * On a way that stays open both ways, between two of the master's prompts.
 *
 * @param text all that came
 * @param modes how many were entered
 */
export function takeBetweenPrompts(text: string, modes: number): Taken {
  const answer = betweenPrompts(text);
  if (answer === undefined) return { kind: "cut", why: "the connection ended before the answer was whole" };
  return answer.startsWith("\n")
    ? withoutModes({ kind: "answer", text: answer.slice(1) }, modes)
    : { kind: "answer", text: answer };
}

/**
 * Through a master. One that does not know the command for the marks (before 3.0) lists its own commands first. A list of
 * the master's commands after that means that the command never got to the worker: the master cuts what is too long.
 *
 * @param text all that came
 */
export function takeThroughMaster(text: string): Taken {
  const ofWorker = text.slice(mastersWords(text));
  const early = EARLY_REFUSAL.exec(ofWorker);
  if (early) return { kind: "answer", text: early[1] ?? "" };
  const taken = takeToEnd(ofWorker, true);
  if (taken.kind !== "answer" || (taken.text !== "" && mastersWords(taken.text) === 0)) return taken;
  return { kind: "cut", why: "the master answered in the worker's place" };
}

/**
 * Whether what came over a worker's way is a master's list of its commands: it does not know the command for the marks,
 * and does not close afterwards.
 *
 * @param arrived all that came
 */
export function isMastersList(arrived: Uint8Array): boolean {
  // A worker's answer begins with a line feed, so that nothing more is looked at there.
  return arrived[0] === FIRST_OF_LIST && mastersWords(decoder.decode(arrived)) > 0;
}

const FIRST_OF_LIST = 0x55; // "Unknown command"

/** How long the master's list of its commands at the start of a text is; 0 where there is none. */
function mastersWords(text: string): number {
  if (!/^(?:Unknown command|The following commands)/.test(text)) return 0;
  const end = text.indexOf("\n\n") + 2;
  return end > 1 && text.slice(0, end).includes("\n  @!<pid> ") ? end : 0;
}

/** All of the text, without the proof where there has to be one; every answer ends in a line feed. */
function takeToEnd(text: string, isProven: boolean): Taken {
  if (text === "") return { kind: "cut", why: "the connection ended without an answer" };
  const proof = isProven ? PROVEN.exec(text.slice(-PROOF_LENGTH))?.[0] : text.endsWith("\n") ? "" : undefined;
  if (proof === undefined) return { kind: "cut", why: "the connection ended before the answer was whole" };
  return { kind: "answer", text: text.slice(0, text.length - proof.length) };
}

/** Without the answers to the modes: the refusal of a mode only counts when the command is refused as well. */
function withoutModes(taken: Taken, modes: number): Taken {
  if (taken.kind !== "answer") return taken;
  let { text } = taken;
  let refusal = "";
  for (let mode = 0; mode < modes; mode++) {
    const end = text.startsWith("\n") ? 1 : text.indexOf("\n\n") + 2;
    refusal ||= text.slice(0, end).trim();
    text = text.slice(end);
  }
  const isRefused = refusal !== "" && /^(?:\[3\]: |(?:\[6\]: )?Unknown command)/.test(text);
  return { kind: "answer", text: isRefused ? `${refusal}\n\n` : text };
}
