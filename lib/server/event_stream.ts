/**
 * An async iterable as `text/event-stream`: one event an item, a comment as a sign of life when nothing happens.
 *
 * The reader sets the pace: nothing is taken from the source before it is wanted, so that a slow reader costs no memory.
 */
import { toJson } from "./json.ts";
import { within } from "./within.ts";

/** What a stream is made of. */
export interface EventStreamOptions {
  /** Starts the source; the signal ends it. */
  readonly source: (signal: AbortSignal) => AsyncIterable<unknown>;
  /** Ends the stream as if the source had ended. */
  readonly stopping: AbortSignal;
  /** Time between two signs of life, in milliseconds. */
  readonly heartbeatMs: number;
  /** What the reader is told of an error of the source. */
  readonly describe: (error: Error) => unknown;
}

/**
 * Makes the stream's bytes. Its first item is awaited before it is given out, for as long as a sign of life may take, so that
 * a source that fails at once is an error of the request and not of the stream.
 *
 * @param options the source and the times
 * @returns the stream; cancelling it ends the source
 * @throws whatever the source fails with at once
 */
export async function eventStream(options: EventStreamOptions): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const ending = new AbortController();
  const iterator = options.source(ending.signal)[Symbol.asyncIterator]();
  const end = () => ending.abort(ENDED);
  options.stopping.addEventListener("abort", end, { once: true });
  if (options.stopping.aborted) end();
  const release = () => {
    options.stopping.removeEventListener("abort", end);
    end();
  };
  let next = iterator.next();
  try {
    await within(next, Math.min(options.heartbeatMs, FIRST_MS));
  } catch (thrown) {
    release();
    if (thrown !== ENDED) throw thrown;
  }
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(ENCODER.encode(": following\n\n"));
    },
    async pull(controller) {
      try {
        const result = await within(next, options.heartbeatMs);
        if (result === undefined) return controller.enqueue(ENCODER.encode(": heartbeat\n\n"));
        if (!result.done) {
          controller.enqueue(ENCODER.encode(`data: ${toJson(result.value)}\n`));
          next = iterator.next();
          next.catch(() => {});
          return;
        }
      } catch (thrown) {
        if (!ending.signal.aborted && thrown instanceof Error) {
          controller.enqueue(ENCODER.encode(`event: error\ndata: ${toJson(options.describe(thrown))}\n`));
        }
      }
      release();
      controller.close();
    },
    cancel: release,
  }, { highWaterMark: 0 });
}

/** Why a stream that was not ended by its source ends. */
const ENDED = new DOMException("The stream was ended", "AbortError");

/** Time that a source has to fail before the stream begins, in milliseconds. */
const FIRST_MS = 100;

const ENCODER = new TextEncoder();
