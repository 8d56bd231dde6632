/**
 * Figures as a stream: read once an interval for as long as somebody reads, and never faster than they are taken.
 */
import { pause } from "../pause.ts";

/** The ways of handing them out; `normal` and `longpoll` are the figures once. */
export type StatsMode = "normal" | "longpoll" | "continuous" | "eventsource";

/** How they are handed out. */
export interface StatsStreamOptions {
  readonly mode: StatsMode;
  readonly intervalMs: number;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/**
 * Answers with figures, once or again and again.
 *
 * @param read gives them; throws when there is nothing to read them of any more, which ends a stream
 * @throws whatever the first `read` throws
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { statsResponse } from "./stats_stream.ts";
 * let left = 2;
 * const read = () => left-- > 0 ? Promise.resolve({ cpu: left }) : Promise.reject(new Error("it has ended"));
 * const response = await statsResponse(read, { mode: "eventsource", intervalMs: 1 });
 * assert.equal(await response.text(), 'event: stat\ndata: {"cpu":1}\n\nevent: stat\ndata: {"cpu":0}\n\n');
 * ```
 */
export async function statsResponse(read: () => Promise<unknown>, options: StatsStreamOptions): Promise<Response> {
  const { mode, intervalMs, signal } = options;
  const first = await read();
  if (mode === "normal" || mode === "longpoll") {
    return new Response(`${JSON.stringify(first)}\r\n`, { headers: headersOf("application/json; charset=UTF-8") });
  }
  const format = FORMATS[mode];
  const left = new AbortController();
  const ending = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal]);
  let next: unknown = first;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (next === undefined) {
        await pause(intervalMs, ending);
        next = ending.aborted ? undefined : await read().catch(() => undefined); // it has ended
      }
      if (next !== undefined) controller.enqueue(ENCODER.encode(format(JSON.stringify(next))));
      else if (!left.signal.aborted) controller.close();
      next = undefined;
    },
    cancel: () => left.abort(),
  }, { highWaterMark: 0 });
  return new Response(body, { headers: headersOf(TYPES[mode]) });
}

const TYPES = { continuous: "application/json; charset=UTF-8", eventsource: "text/event-stream; charset=utf-8" };

const FORMATS: Readonly<Record<keyof typeof TYPES, (figures: string) => string>> = {
  continuous: (figures) => `${figures}\r\n`,
  eventsource: (figures) => `event: stat\ndata: ${figures}\n\n`,
};

const ENCODER = new TextEncoder();

function headersOf(type: string): HeadersInit {
  return { "content-type": type, "cache-control": "no-cache" };
}
