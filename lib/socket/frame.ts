/**
 * How one command goes over a connection of its own.
 *
 * A worker runs one line and closes; the master stays open until it is told to `quit` (management guide, 9.3 and 9.4; a
 * half-close would do, but now and then costs a master 3.0 one of its ten connections for good). The end of a connection
 * does not prove that an answer is whole (HAProxy may have died while it wrote), and a blank line proves nothing either;
 * so a second command follows whose answer is known, wherever HAProxy runs one. Errors are marked by
 * `set severity-output number` (see answer.ts), wherever HAProxy knows that.
 */
import type { Payload } from "./payload.ts";
import {
  isMastersList,
  PROOF,
  takeBetweenPrompts,
  takeFromMaster,
  takeFromWorker,
  type Taken,
  takeThroughMaster,
} from "./take.ts";
import {
  hasSecondPrompt,
  isMissingTarget,
  type MasterAccess,
  refuseTooLong,
  routeBothWays,
  routeToTarget,
} from "./target.ts";

/** A mode that unlocks commands for one connection. */
export type CliMode = "expert" | "experimental";

/** What is to be said. */
export interface Speech {
  /** The command's line as its author wrote it. */
  readonly command: string;
  /** Lines that follow it. */
  readonly payload?: Payload | undefined;
  /** Modes that have to be entered first on the same connection. */
  readonly modes?: readonly CliMode[] | undefined;
  /** Who answers on a master socket; `undefined` on a worker's. */
  readonly master?: MasterAccess | undefined;
}

/** How it is said, and how the answer is read. */
export interface Frame {
  /** The first line, without its line feed. */
  readonly line: string;
  /** What follows the first line. */
  readonly rest: string;
  /** Knows an answer after which the other side does not close. */
  readonly isWhole: ((arrived: Uint8Array) => boolean) | undefined;
  /** Takes the answer out of all that came. */
  readonly take: (text: string) => Taken;
}

/** Makes HAProxy mark errors; every version since 2.4 knows it, at every level. */
export const SEVERITY = "set severity-output number";

/**
 * Chooses the frame for a command.
 *
 * @param speech what is to be said
 * @returns what is sent, and how the answer is taken
 * @throws {InvalidCommand} when it is too long for a master
 */
export function frameCommand(speech: Speech): Frame {
  const { master, payload, modes = [] } = speech;
  const command = payload ? `${speech.command} ${payload.mark}` : speech.command;
  const lines = payload?.lines ?? "";
  const enter = modes.map((mode) => `${mode}-mode on`);
  const proof = payload ? [] : [PROOF]; // a payload belongs to the last command of its line
  if (!master) {
    return {
      line: [SEVERITY, ...enter, command, ...proof].join(";"),
      rest: lines,
      isWhole: isMastersList,
      take: (text) => takeFromWorker(text, enter.length, proof.length > 0),
    };
  }
  const frame = frameForMaster(command, lines, enter, master);
  refuseTooLong(speech.command, `${frame.line}\n${frame.rest}`);
  return frame;
}

function frameForMaster(command: string, lines: string, enter: readonly string[], access: MasterAccess): Frame {
  const { target, bidirectional } = access;
  if (target === "master") {
    return {
      line: [...enter, command, PROOF, "quit"].join(";"),
      rest: lines,
      isWhole: undefined,
      take: takeFromMaster,
    };
  }
  if (bidirectional) {
    return {
      line: routeBothWays([SEVERITY, ...enter, command].join(";"), target),
      rest: lines,
      isWhole: hasSecondPrompt,
      take: (text) => takeBetweenPrompts(text, enter.length),
    };
  }
  // Here a payload may be followed by another line.
  const after = [routeToTarget(PROOF, target), "quit"];
  const line = [SEVERITY, ...enter, routeToTarget(command, target)];
  return {
    line: (lines === "" ? [...line, ...after] : line).join(";"),
    rest: lines === "" ? "" : `${lines}${after.join(";")}\n`,
    isWhole: isMissingTarget,
    take: takeThroughMaster,
  };
}
