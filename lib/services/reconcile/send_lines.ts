/**
 * Many commands that change something, a thousand in each round trip, each with its own outcome.
 */
import { type Client, CommandRefused, judgeAnswer, type Outcome } from "../../client/mod.ts";

/**
 * Sends commands in order; one that HAProxy refuses does not stop the next.
 *
 * @param client a worker's socket
 * @param lines single commands
 * @param signal ends it
 * @returns an outcome a command, with HAProxy's words
 * @throws {SocketError} when the connection is lost: commands that were sent may have been carried out
 */
export async function sendLines(client: Client, lines: readonly string[], signal: AbortSignal): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let start = 0; start < lines.length; start += BATCH_SIZE) {
    const batch = lines.slice(start, start + BATCH_SIZE);
    const answers = await client.socket.batch(batch, { timeoutMs: BATCH_TIMEOUT_MS, signal });
    batch.forEach((command, index) => {
      const answer = answers[index];
      if (answer?.ok) outcomes.push(judgeAnswer(command, answer.text));
      else if (answer?.error instanceof CommandRefused) outcomes.push({ ok: false, reason: answer.error.answer });
      else throw answer?.error ?? new Error(`Cannot tell what came of "${command}": it has no answer`);
    });
  }
  return outcomes;
}

const BATCH_SIZE = 1000;
const BATCH_TIMEOUT_MS = 30_000;
