/**
 * What HAProxy once sent, sent again to an agent, and its answers held against the recorded ones.
 */
import { FrameLink } from "../frame_link.ts";
import { type Action, FRAME_TYPES, FrameHeader, readActions, Reader, readFrame } from "../codec/mod.ts";
import type { Address } from "../../net/mod.ts";
import type { RecordedFrame } from "./file.ts";

/** How a recording is replayed. */
export interface ReplayOptions {
  /** Where the agent is. */
  readonly agent: Address;
  /** Times the recorded pace: 1 as it was, 2 twice as fast, `Infinity` at once. 1 if not given. */
  readonly speed?: number;
  /** How long to wait for answers after the last frame, in milliseconds; 5000 if not given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** An ACK that is not the recorded one. */
export interface ReplayDifference {
  readonly connection: number;
  /** stream-id and frame-id as on the wire, in hexadecimal. */
  readonly ids: string;
  readonly recorded: readonly Action[];
  /** `undefined` when no answer came. */
  readonly answered: readonly Action[] | undefined;
}

/** What came of a replay. */
export interface ReplayReport {
  readonly connections: number;
  /** Frames that were sent. */
  readonly sent: number;
  /** ACKs that came. */
  readonly answered: number;
  /** ACKs that have the recorded actions. */
  readonly same: number;
  readonly differences: readonly ReplayDifference[];
}

/**
 * Replays a recording, each of its connections over one of its own.
 *
 * @throws {SpopClosed} when the agent cannot be reached
 */
export async function replayFrames(frames: readonly RecordedFrame[], options: ReplayOptions): Promise<ReplayReport> {
  const connections = [...Map.groupBy(frames, (frame) => frame.connection).values()];
  const [first] = frames;
  const startedAt = performance.now();
  const failed = new AbortController();
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
  const replaying = connections.map((one) => replayOne(one, first?.ms ?? 0, startedAt, { ...options, signal }));
  const results = await Promise.all(replaying).catch(async (thrown) => {
    failed.abort();
    await Promise.allSettled(replaying);
    throw thrown;
  });
  const sum = (field: "sent" | "answered" | "same") => results.reduce((total, one) => total + one[field], 0);
  return {
    connections: connections.length,
    sent: sum("sent"),
    answered: sum("answered"),
    same: sum("same"),
    differences: results.flatMap((one) => one.differences),
  };
}

async function replayOne(
  frames: readonly RecordedFrame[],
  firstMs: number,
  startedAt: number,
  { agent, speed = 1, timeoutMs = 5_000, signal }: ReplayOptions & { readonly signal: AbortSignal },
): Promise<ReplayReport> {
  const until = (ms: number) => pause((ms - firstMs) / speed - (performance.now() - startedAt), signal);
  const connection = frames[0]?.connection ?? 0;
  const expected = new Map(frames.flatMap((one) => one.from === "agent" ? ackOf(one.frame) : []));
  const left = new Set(expected.keys());
  const answers = new Map<string, readonly Action[]>();
  await until(frames[0]?.ms ?? 0);
  const link = await FrameLink.connect(agent);
  link.maxFrameSize = MAX_FRAME;
  const shaken = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  if (left.size === 0) done.resolve();
  const reading = readAll(link, (ids, actions) => {
    if (ids !== undefined) {
      answers.set(ids, actions);
      left.delete(ids);
    }
    shaken.resolve();
    if (left.size === 0) done.resolve();
  }).finally(() => {
    shaken.resolve();
    done.resolve();
  });
  const giveUp = () => link.close();
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  let sent = 0;
  for (const { ms, frame, from } of frames) {
    if (from !== "haproxy" || frame === undefined) continue;
    await until(ms);
    if (signal.aborted) break;
    link.out.raw(frame);
    await link.flush();
    // HAProxy says nothing before it has the agent's HELLO.
    if (++sent === 1 && !await isSettledWithin(shaken.promise, timeoutMs)) break;
  }
  await isSettledWithin(done.promise, timeoutMs);
  signal.removeEventListener("abort", giveUp);
  link.close();
  await reading;
  const differences = [...expected].flatMap(([ids, recorded]) => {
    const answered = answers.get(ids);
    return sameActions(recorded, answered) ? [] : [{ connection, ids, recorded, answered }];
  });
  const same = expected.size - differences.length;
  return { connections: 1, sent, answered: answers.size, same, differences };
}

/** The largest frame that is read back. */
const MAX_FRAME = 16 * 1024 * 1024;

async function readAll(link: FrameLink, onFrame: (ids: string | undefined, actions: Action[]) => void): Promise<void> {
  try {
    for (let header = await link.next(); header !== undefined; header = await link.next()) {
      const isAck = header.type === FRAME_TYPES.ack;
      onFrame(isAck ? link.ids(header).toHex() : undefined, isAck ? readActions(link.payload(header)) : []);
    }
  } catch {
    // The connection is at its end; what has not come is told as missing.
  }
}

/** The ids and actions of a recorded ACK; nothing for another frame. */
function ackOf(frame: Uint8Array | undefined): [ids: string, actions: Action[]][] {
  const header = new FrameHeader();
  if (frame === undefined || readFrame(header, frame, 0, frame.length, MAX_FRAME) !== undefined) return [];
  if (header.type !== FRAME_TYPES.ack) return [];
  const actions = readActions(new Reader().reset(frame, header.payloadAt, header.end));
  return [[frame.subarray(header.idsAt, header.payloadAt).toHex(), actions]];
}

function sameActions(a: readonly Action[], b: readonly Action[] | undefined): boolean {
  return b !== undefined && textOf(a) === textOf(b);
}

function textOf(actions: readonly Action[]): string {
  return JSON.stringify(actions, (_, value) => typeof value === "bigint" ? `${value}n` : value);
}

/** Whether a promise settles in time. */
async function isSettledWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  const isInTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}

/** Waits, at most as long as a timer can; ends early when the signal says so. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!(ms > 0) || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
  const wake = () => resolve();
  signal.addEventListener("abort", wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}
