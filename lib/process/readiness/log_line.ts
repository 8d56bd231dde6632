/**
 * Ready when a line of a process's output matches a regular expression.
 *
 * Lines are put together across the pieces in which they come, on each output by itself. Only the beginning of a very long
 * line is looked at: what a process writes must not grow in here.
 */
import type { Feed } from "../../feed/mod.ts";
import type { RunningProcess } from "../manager_face.ts";

/** How much of a line is looked at, in characters. */
const MOST_CHARACTERS = 16 * 1024;

/**
 * Waits for the line.
 *
 * @param child whose outputs are read, from the first byte that is kept
 * @param pattern the regular expression; one that takes for ever is the operator's own
 * @param signal ends the waiting
 * @returns why there was none; `undefined` when it came
 */
export async function untilLine(
  child: RunningProcess,
  pattern: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (child.outputs.size === 0) return "its definition redirects no output whose lines could be read";
  const found = new AbortController();
  const either = AbortSignal.any([signal, found.signal]);
  const expression = new RegExp(pattern);
  await Promise.all(
    [...child.outputs.values()].map((feed) =>
      readLines(feed, either, (line) => {
        if (expression.test(line)) found.abort();
      })
    ),
  );
  return found.signal.aborted ? undefined : `no line of its output matches "${pattern}"`;
}

async function readLines(
  feed: Feed<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  let decoder = new TextDecoder();
  let line = "";
  let isCut = false;
  for await (const item of feed.read({ after: 0, signal })) {
    if (item.kind === "lost") {
      // What comes next is the rest of some line, whose beginning is not known.
      decoder = new TextDecoder();
      line = "";
      isCut = true;
      continue;
    }
    const pieces = decoder.decode(item.record.value, { stream: true }).split("\n");
    for (const [index, piece] of pieces.entries()) {
      line += piece.slice(0, MOST_CHARACTERS - line.length);
      if (index === pieces.length - 1) break;
      if (!isCut) onLine(line.replace(/\r$/, ""));
      if (signal.aborted) return;
      isCut = false;
      line = "";
    }
  }
}
