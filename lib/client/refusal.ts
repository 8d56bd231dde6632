/**
 * HAProxy's refusals, turned into errors that say what kind of thing went wrong (haproxy's own texts, by version).
 */
import { CommandForbidden, CommandRefused, UnknownCommand } from "../socket/mod.ts";
import { NotFound, UnsupportedCommand } from "./errors.ts";
import { UnexpectedAnswer } from "./formats/errors.ts";
import { type Branch, compareBranch, type Version } from "./formats/version.ts";

/**
 * Gives the error that fits best; what is no refusal comes back as it is.
 *
 * @param thrown what a command ended with
 * @param since the first branch that has the command
 * @param version asks the connected HAProxy for its version, only when that matters
 */
export async function explainRefusal(
  thrown: unknown,
  since: Branch,
  version: () => Promise<Version>,
): Promise<unknown> {
  if (!(thrown instanceof CommandRefused)) return thrown;
  const { answer, command } = thrown;
  if (thrown instanceof UnknownCommand || NO_BOTH_WAYS.test(answer)) {
    return await explainUnknown(thrown, since, version);
  }
  if (DISGUISED_FORBIDDEN.some((text) => text.test(answer))) {
    return new CommandForbidden(command, `${firstLine(answer)} (the socket's level is too low)`);
  }
  if (MISSING.some((text) => text.test(answer))) return new NotFound(`what "${command}" names`, firstLine(answer));
  return thrown;
}

/**
 * Reads an answer that may be a refusal which HAProxy does not mark as one.
 *
 * @param command the command that was answered
 * @param answer the whole answer
 * @param parse its parser
 * @returns what the parser gives
 * @throws {CommandRefused} when the parser cannot read it and it is one of HAProxy's known refusals
 */
export function parseOrRefuse<T>(command: string, answer: string, parse: (answer: string) => T): T {
  try {
    return parse(answer);
  } catch (thrown) {
    const isRefusal = thrown instanceof UnexpectedAnswer && UNMARKED.some((text) => text.test(answer.trim()));
    throw isRefusal ? new CommandRefused(command, answer) : thrown;
  }
}

/** The command is not known, or `@@` is not: too old, or built without it. When nobody can tell, the refusal stays. */
async function explainUnknown(
  refused: CommandRefused,
  since: Branch,
  version: () => Promise<Version>,
): Promise<unknown> {
  const connected = await version().catch(() => undefined);
  if (connected === undefined) return refused;
  const isUnknown = refused instanceof UnknownCommand;
  const what = isUnknown ? refused.command : `${refused.command}" over a master socket with "@@`;
  const needed = isUnknown ? since : BOTH_WAYS_SINCE;
  if (compareBranch(connected.branch, needed) < 0) return new UnsupportedCommand(what, needed, connected.text);
  return isUnknown ? new UnsupportedCommand(what, `${since}, built with it`, connected.text) : refused;
}

/** What HAProxy before 3.2 says to `@@1 command` on a master socket. */
const NO_BOTH_WAYS = /^Can't find the target PID matching the prefix '@@/;
const BOTH_WAYS_SINCE: Branch = "3.2";

const DISGUISED_FORBIDDEN: readonly RegExp[] = [
  // What `show ssl cert` and its kin say when the socket's level is too low, on every version.
  /^Can't allocate memory!/,
  /contents not dumped due to insufficient privileges/,
];

const MISSING: readonly RegExp[] = [
  /^No such (?:backend|server|frontend|proxy|table|peers|session|event sink|trace source)/,
  /^No entry can be found matching ptr/,
  /^Can't find (?:backend|that resolvers section|the certificate)/,
  /^Unknown (?:map|ACL) identifier/,
  /^(?:Session not found|Variable not found|Key not found|entry not found|key or pattern not found)/,
  /^Can't display the (?:certificate|CA file|CRL file|crt-list)/,
  /doesn't exist!/,
  /does not exist!/,
  /is not referenced by the configuration!/,
  /^Invalid statistics domain/,
  /^didn't find the specified filename/,
  /^Certificate ID (?:or path )?does not match any certificate/,
  /expects a valid certid or certificate path/,
  /unable to locate referenced filename/,
  /^No such (?:trace )?sink/,
  /^Couldn't find the ACME task/,
];

/** Refusals that can come without a severity mark, or with a mild one. */
const UNMARKED: readonly RegExp[] = [...MISSING, ...DISGUISED_FORBIDDEN, /^Nothing to report for this sink/];

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
