/**
 * What HAProxy says, told apart: an answer, or a refusal.
 *
 * The CLI has no status code (management guide, 9.3). With `set severity-output number` an error text starts with
 * `[3]: `; an unknown command does not, so it is known by its words.
 */
import { isSingleCommand } from "./command.ts";
import { CommandForbidden, CommandRefused, UnknownCommand } from "./errors.ts";

/** The outcome of one command among several: its text, or why there is none. */
export type Answer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: Error };

/**
 * Takes the severity mark off an answer and tells whether HAProxy refused the command.
 *
 * A line of several commands (with `;`) has several answers and marks; it is refused when one of its commands is, with
 * the words of the first refusal.
 *
 * @param command the command, for the error
 * @param raw the answer's text
 * @returns the text, or the refusal
 */
export function readAnswer(command: string, raw: string): Answer {
  if (isSingleCommand(command)) return readOne(command, raw);
  const answers = raw.split(MARKED_LINES).map((part) => readOne(command, part));
  const refusal = answers.find((answer) => !answer.ok);
  return refusal ?? { ok: true, text: answers.map((answer) => answer.ok ? answer.text : "").join("") };
}

function readOne(command: string, raw: string): Answer {
  const mark = MARK.exec(raw);
  const text = mark ? raw.slice(mark[0].length) : raw;
  if (UNKNOWN.test(text)) return { ok: false, error: new UnknownCommand(command, text) };
  if (FORBIDDEN.test(text)) return { ok: false, error: new CommandForbidden(command, text) };
  if ((mark && Number(mark[1]) <= ERROR) || REFUSALS.test(text)) {
    return { ok: false, error: new CommandRefused(command, text) };
  }
  return { ok: true, text };
}

const MARK = /^\[([0-7])\]: /;
const MARKED_LINES = /^(?=\[[0-7]\]: )/m;

/** Severities as syslog counts them: 3 is an error, 4 a warning, 6 information. */
const ERROR = 3;

const UNKNOWN = /^Unknown command[:,.]/;

const FORBIDDEN = /^(?:Permission denied|This command is restricted to (?:expert|experimental) mode only)/;

/** Refusals that carry no mark: they come before the command is run, or from the master. */
const REFUSALS =
  /^(?:Can't find the target (?:PID|CLI)|Can't connect to the target CLI|The command (?:line )?is too big|The payload is too big|Too many arguments\.)/;
