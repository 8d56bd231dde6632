/**
 * Many entries of a map or an ACL at once, and the atomic replacement of all of them (management guide, 9.3 "prepare map",
 * "add map", "commit map"): one way for both.
 */
import { cli, CommandForbidden, CommandRefused, UnknownCommand } from "../../socket/mod.ts";
import { NotApplied } from "../errors.ts";
import { parseAclEntries, parseNewVersion } from "../formats/map.ts";
import { judgeAnswer } from "../formats/outcome.ts";
import type { Caller } from "../method.ts";

/** What came of adding many entries. */
export interface EntriesAdded {
  /** How many are there now that were not before. */
  added: number;
  /** Those that HAProxy refused. */
  refused: EntryRefused[];
}

/** An entry that HAProxy refused. */
export interface EntryRefused {
  /** Its place in the list that was given, from 0. */
  index: number;
  /** HAProxy's words. */
  reason: string;
}

/** What came of replacing all entries. */
export interface EntriesReplaced {
  /** The version that is in force now. */
  version: number;
  /** How many entries it has. */
  entries: number;
}

/** A map or an ACL, and how its entries are written: the words of each. */
export interface PatternTarget {
  readonly kind: "map" | "acl";
  readonly file: string;
  readonly entries: readonly (readonly string[])[];
}

/**
 * Adds entries to the version in force, a thousand in each round trip.
 *
 * @throws {CommandRefused} when HAProxy refuses all for the same reason: the level, the name of the map
 */
export async function addEntries(caller: Caller, { kind, file, entries }: PatternTarget): Promise<EntriesAdded> {
  const refused = await sendEach(caller, entries.map((words) => `add ${kind} ${cli`${file} ${words}`}`));
  return {
    added: entries.length - refused.length,
    refused: refused.map(({ index, error }) => ({ index, reason: error.answer })),
  };
}

/**
 * Replaces all entries at once: traffic sees the old ones until it sees the new ones. They are added to a version of their
 * own, which is read back and committed only when it holds exactly what was given. When anything is refused, nothing has
 * changed.
 *
 * @throws {CommandRefused} with HAProxy's words on the first entry that it refuses
 * @throws {NotApplied} when HAProxy took all entries and holds something else
 */
export async function replaceEntries(caller: Caller, target: PatternTarget): Promise<EntriesReplaced> {
  const { kind, file, entries } = target;
  const version = parseNewVersion(await caller.change(`prepare ${kind} ${cli`${file}`}`));
  const inVersion = cli`@${version} ${file}`;
  const forget = () => caller.change(`clear ${kind} ${inVersion}`).catch(() => {});
  try {
    const [refused] = await sendEach(caller, entries.map((words) => `add ${kind} ${inVersion} ${cli`${words}`}`));
    if (refused) throw refused.error;
    await compare(caller, target, `show ${kind} ${inVersion}`);
  } catch (thrown) {
    await forget();
    throw thrown;
  }
  try {
    await caller.change(`commit ${kind} ${inVersion}`);
  } catch (thrown) {
    // Only a refusal proves that the version is not in force: it must not be cleared when the answer was lost.
    if (thrown instanceof CommandRefused) await forget();
    throw thrown;
  }
  return { version, entries: entries.length };
}

/** Reads a version back; on a connection of its own, so that it is of the process that took the entries. */
async function compare(caller: Caller, { kind, file, entries }: PatternTarget, command: string): Promise<void> {
  const shown = parseAclEntries(await caller.send(command)).map(({ pattern }) => pattern).sort();
  const given = entries.map((words) => words.join(" ")).sort();
  if (shown.length !== given.length) {
    throw new NotApplied(`replace ${kind} "${file}" with ${given.length} entries`, `${shown.length} of them`);
  }
  const different = shown.findIndex((entry, index) => entry !== given[index]);
  if (different >= 0) {
    throw new NotApplied(`put "${given[different]}" into ${kind} "${file}"`, `"${shown[different]}"`);
  }
}

/** Runs commands in as few round trips as can be; gives those that were refused, each for a reason of its own. */
async function sendEach(
  caller: Caller,
  commands: readonly string[],
): Promise<{ readonly index: number; readonly error: CommandRefused }[]> {
  const refused: { index: number; error: CommandRefused }[] = [];
  for (let start = 0; start < commands.length; start += BATCH_SIZE) {
    const batch = commands.slice(start, start + BATCH_SIZE);
    const answers = await caller.batch(batch);
    batch.forEach((command, index) => {
      const error = faultOf(command, answers[index]);
      if (error === undefined) return;
      if (!(error instanceof CommandRefused) || isAboutAll(error)) throw error;
      refused.push({ index: start + index, error });
    });
  }
  return refused;
}

function faultOf(command: string, answer: Awaited<ReturnType<Caller["batch"]>>[number] | undefined): Error | undefined {
  if (!answer) return new Error(`Cannot tell what came of "${command}": it has no answer`);
  if (!answer.ok) return answer.error;
  const outcome = judgeAnswer(command, answer.text);
  return outcome.ok ? undefined : new CommandRefused(command, outcome.reason);
}

/** Whether the refusal would be the same for every entry. */
function isAboutAll(error: CommandRefused): boolean {
  return error instanceof CommandForbidden || error instanceof UnknownCommand ||
    /^(?:Unknown (?:map|ACL) identifier|Version number|This ACL is shared)/.test(error.answer);
}

const BATCH_SIZE = 1000;
