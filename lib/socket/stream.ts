/**
 * A command that keeps talking: its answer, line by line, as it comes.
 */
import { readAnswer } from "./answer.ts";
import { AnswerTooLarge, ConnectionLost } from "./errors.ts";
import { SEVERITY } from "./frame.ts";
import { decoder } from "./intake.ts";
import { afterPrompt, isPrompt, type MasterTarget, refuseTooLong, routeBothWays } from "./target.ts";
import { Wire, type WireOptions } from "./wire.ts";

/** What to follow. */
export interface StreamRequest {
  /** The command's line. */
  readonly command: string;
  /** Who answers on a master socket; `undefined` on a worker's. */
  readonly master: MasterTarget | undefined;
  /** Each ends the stream with its reason. */
  readonly signals: readonly AbortSignal[];
}

/** No line of HAProxy's is longer than a few of its buffers. */
const MAX_LINE_BYTES = 1024 * 1024;

/** HAProxy 2.6 ends a silent stream after the CLI's timeout, so the stream asks for a long one; later ones do not. */
const LONG_TIMEOUT = "set timeout cli 24d";

/**
 * Sends the command and yields its lines until HAProxy ends the answer; empty lines are left out.
 *
 * @param options how to reach the socket
 * @param request what to follow
 * @throws {CommandRefused} when the first line is a refusal
 * @throws {SocketError} when the connection cannot be made or is lost
 */
export async function* followLines(
  options: WireOptions,
  request: StreamRequest,
): AsyncGenerator<string, void, undefined> {
  const { command, master, signals } = request;
  const before = master === "master" ? [] : [SEVERITY, LONG_TIMEOUT];
  const line = [...before, command].join(";");
  const routed = master === undefined ? line : routeBothWays(line, master);
  if (master !== undefined) refuseTooLong(command, routed);
  using wire = await Wire.dial(options, signals);
  using _limit = wire.limit({ signals });
  options.trace?.(`[send]: ${routed}`);
  const { intake } = wire;
  let isFirst = true;
  let hasLines = false;
  try {
    await wire.writeInTime(`${routed}\n`, command);
    while (await wire.read()) {
      for (const arrived of takeLines(wire)) {
        hasLines = true;
        const text = isFirst ? firstLine(command, arrived, master) : arrived;
        if (text === "") continue;
        isFirst = false;
        yield text;
      }
      if (intake.length > MAX_LINE_BYTES) throw new AnswerTooLarge(wire.address, command, MAX_LINE_BYTES);
      if (master !== undefined && hasLines && isPrompt(intake.text)) return;
    }
  } catch (thrown) {
    throw wire.lost(thrown, command);
  }
  if (intake.length > 0) {
    const why = "the connection ended in the middle of a line";
    throw new ConnectionLost(wire.address, command, intake.text, why);
  }
}

/** Takes the whole lines out of what has arrived. */
function takeLines({ intake }: Wire): string[] {
  const end = intake.arrived.lastIndexOf(LF);
  if (end < 0) return [];
  const lines = decoder.decode(intake.arrived.subarray(0, end)).split("\n");
  intake.drop(end + 1);
  return lines;
}

/** The first line that is not empty, without what comes before the answer. */
function firstLine(command: string, line: string, master: MasterTarget | undefined): string {
  const text = master === undefined ? line : afterPrompt(line) ?? line;
  const answer = readAnswer(command, text);
  if (!answer.ok) throw answer.error;
  return answer.text;
}

const LF = 10;
