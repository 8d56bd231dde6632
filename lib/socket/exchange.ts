/**
 * One command on a connection of its own, its answer read to the end: what holds on every version.
 */
import { type Answer, readAnswer } from "./answer.ts";
import { withoutWord } from "./command.ts";
import { ConnectionLost, NotHaproxy, SocketTimeout } from "./errors.ts";
import { type Frame, frameCommand, type Speech } from "./frame.ts";
import { Wire, type WireOptions } from "./wire.ts";

/** One command, ready to be sent, and its limits. */
export interface Request extends Speech {
  /** Time for the whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** The largest answer that is kept, in bytes. */
  readonly maxAnswerBytes: number;
  /** A word of the command that the trace must not tell. */
  readonly secret: string | undefined;
  /** Each ends the exchange with its reason. */
  readonly signals: readonly AbortSignal[];
}

/**
 * Sends one command and reads its answer.
 *
 * @param options how to reach the socket
 * @param request the command and its limits
 * @returns the answer or HAProxy's refusal
 * @throws {SocketError} when there is no whole answer
 */
export async function exchange(options: WireOptions, request: Request): Promise<Answer> {
  const { command, timeoutMs, signals } = request;
  const frame = frameCommand(request);
  using wire = await Wire.dial(options, signals);
  const timeout = { ms: timeoutMs, error: () => new SocketTimeout(wire.address, "answer", timeoutMs, command) };
  using _limit = wire.limit({ timeout, signals });
  const lost = await speak(wire, frame, request, options.trace);
  const { text } = wire.intake;
  const taken = frame.take(text);
  if (lost) {
    // A refusal to read on is an answer all the same.
    const answer = taken.kind === "answer" ? readAnswer(command, taken.text) : undefined;
    if (answer && !answer.ok) return answer;
    throw lost;
  }
  if (taken.kind === "answer") return readAnswer(command, taken.text);
  if (taken.kind === "foreign") throw new NotHaproxy(wire.address, text);
  throw new ConnectionLost(wire.address, command, text, taken.why + hintFor(frame));
}

/**
 * Sends and reads at the same time, because HAProxy may say why it will not read on before all is sent; gives how the
 * connection broke, where it did.
 */
async function speak(
  wire: Wire,
  frame: Frame,
  request: Request,
  trace: WireOptions["trace"],
): Promise<ConnectionLost | undefined> {
  const { command, maxAnswerBytes, secret } = request;
  trace?.(`[send]: ${secret === undefined ? frame.line : withoutWord(frame.line, secret)}`);
  const writing = wire.writeInTime(`${frame.line}\n${frame.rest}`, command).catch(() => {}); // the reader will tell why
  trace?.("[read]: reading response");
  try {
    await wire.readToEnd(command, maxAnswerBytes, frame.isWhole);
    return undefined;
  } catch (thrown) {
    const lost = wire.lost(thrown, command, hintFor(frame));
    if (lost instanceof ConnectionLost) return lost;
    throw lost;
  } finally {
    trace?.(`[read]: ${wire.intake.length} bytes`);
    wire[Symbol.dispose]();
    await writing;
  }
}

/** HAProxy before 3.0 ends the connection without a word when a line is too long for it. */
function hintFor(frame: Frame): string {
  const length = frame.line.length + frame.rest.length;
  return length < 15_000 ? "" : "; the command and its payload are longer than HAProxy's tune.bufsize usually is";
}
