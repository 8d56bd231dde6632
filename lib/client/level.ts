/**
 * What the socket allows: `user`, `operator` or `admin` (management guide, 9.3 "show cli level").
 *
 * HAProxy mostly says "Permission denied" by itself. Where it says nothing, or has done half of the work by then, the level
 * is asked for first.
 */
import { CommandForbidden } from "../socket/mod.ts";
import { type CliLevel, parseCliLevel } from "./formats/cli_level.ts";
import type { Caller } from "./method.ts";

/**
 * Makes sure that a command may be sent.
 *
 * @param caller asks for the level
 * @param needed what the command needs
 * @param command the command, for the error
 * @throws {CommandForbidden} when the socket's level is lower; the command was not sent
 */
export async function requireLevel(caller: Caller, needed: CliLevel, command: string): Promise<void> {
  const level = parseCliLevel(await caller.read("show cli level"));
  if (ORDER.indexOf(level) >= ORDER.indexOf(needed)) return;
  throw new CommandForbidden(command, `Permission denied (it needs level ${needed}, and the socket has ${level})`);
}

const ORDER: readonly CliLevel[] = ["user", "operator", "admin"];
