/**
 * The reply that a target gives itself, in HAProxy's words: a program's first line of output, an HTTP answer's.
 */
import type { Facts, Finding } from "../check.ts";
import { CheckFailed } from "../errors.ts";
import { isUpSide, parseReply } from "../reply.ts";

/**
 * The finding that a line stands for.
 *
 * @param who said it, for people: `"/usr/local/bin/ready"`
 * @param line as HAProxy would read it
 * @param facts what was measured
 * @throws {CheckFailed} when it is empty, or holds what HAProxy would not understand: half of it may be a mistake
 */
export function saidReply(who: string, line: string, facts: Facts): Finding {
  const { reply, unknown, warnings } = parseReply(`${line}\n`);
  const shown = line.trim().slice(0, 80);
  if (shown === "") throw new CheckFailed(`${who} said nothing on its first line`);
  const [wrong] = unknown;
  if (wrong !== undefined) throw new CheckFailed(`${who} said "${shown}": HAProxy has no word "${wrong.slice(0, 80)}"`);
  const [warning] = warnings;
  if (warning !== undefined) throw new CheckFailed(`${who} said "${shown}": ${warning}`);
  const reason = isUpSide(reply) ? "" : `${who} said "${shown}"`;
  return { reply, reason: reply.text === undefined ? reason : reply.text, facts };
}
