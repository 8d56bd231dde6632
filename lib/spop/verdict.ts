/**
 * A verdict: what was asked and what was answered, as plain data, for a feed or a log.
 */
import { type Action, readActions, Reader, type Value } from "./codec/mod.ts";
import type { Message } from "./message.ts";

/** How a verdict came to be. */
export type Outcome = "answered" | "failed" | "deadline";

/** One message and its answer. */
export interface Verdict {
  readonly message: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly engine_id: string;
  readonly stream_id: number | bigint;
  readonly frame_id: number | bigint;
  /** `failed` and `deadline`: the handler's default was the answer. */
  readonly outcome: Outcome;
  readonly actions: readonly Action[];
}

/** Reads a verdict off a message and the bytes of its answer. */
export function verdictOf(message: Message, outcome: Outcome, bytes: Uint8Array, from: number, to: number): Verdict {
  return {
    message: message.name,
    args: message.toJSON().args,
    engine_id: message.engineId,
    stream_id: message.streamId,
    frame_id: message.frameId,
    outcome,
    actions: readActions(new Reader().reset(bytes, from, to)),
  };
}
