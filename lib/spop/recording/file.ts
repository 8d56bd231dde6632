/**
 * Recorded frames as a file: a line of JSON a frame.
 *
 * The first line says what it is: `{"happi":"spop-frames","version":1,"started_at":"2026-11-21T04:42:37.000Z"}`. Each
 * other line is a frame with its length before it, as it was on the wire:
 * `{"ms":12.3,"connection":1,"from":"haproxy","frame":"00000053…"}`, in the order in which they went by; `ms` counts from
 * the start, connections from 1. A connection's end is `{"ms":20,"connection":1,"from":"agent","end":true}`.
 */
import { HappiError } from "../../errors.ts";

const SIDES = ["haproxy", "agent"] as const;

/** Who sent a frame. */
export type Side = typeof SIDES[number];

/** A line of the file behind the first: a frame, or the end of a connection. */
export interface RecordedFrame {
  /** Milliseconds since the recording began. */
  readonly ms: number;
  /** Which connection, from 1. */
  readonly connection: number;
  readonly from: Side;
  /** The frame with its length before it; `undefined` at the end of the connection. */
  readonly frame: Uint8Array | undefined;
}

/** A file is no recording. */
export class InvalidRecording extends HappiError {
  /**
   * @param line from 1
   * @param why what is wrong with it
   */
  constructor(line: number, why: string) {
    super("invalid_recording", `Cannot read the recording: line ${line} ${why}`);
  }
}

/** The first line. */
export function recordingHead(startedAt: Date): string {
  return `${JSON.stringify({ happi: "spop-frames", version: 1, started_at: startedAt.toISOString() })}\n`;
}

/** A line of the file. */
export function recordingLine({ ms, connection, from, frame }: RecordedFrame): string {
  const rest = frame === undefined ? { end: true } : { frame: frame.toHex() };
  return `${JSON.stringify({ ms: Math.round(ms * 1000) / 1000, connection, from, ...rest })}\n`;
}

/**
 * Reads a recording.
 *
 * @param text the file
 * @returns its frames in order
 * @throws {InvalidRecording} at the first line that is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readRecording, recordingHead, recordingLine } from "./file.ts";
 * const frame = { ms: 1.5, connection: 1, from: "haproxy", frame: new Uint8Array([0, 0, 0, 0]) } as const;
 * assert.deepEqual(readRecording(recordingHead(new Date(0)) + recordingLine(frame)), [frame]);
 * ```
 */
export function readRecording(text: string): RecordedFrame[] {
  const lines = text.split("\n");
  const [head = ""] = lines;
  const kind = parseLine(head, 1);
  if (kind.happi !== "spop-frames" || kind.version !== 1) {
    throw new InvalidRecording(1, 'does not say {"happi":"spop-frames","version":1}');
  }
  return lines.flatMap((line, index) =>
    index === 0 || line === "" ? [] : [frameOf(parseLine(line, index + 1), index + 1)]
  );
}

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  } catch {
    // Told below.
  }
  throw new InvalidRecording(number, "is no JSON object");
}

function frameOf(parsed: Record<string, unknown>, line: number): RecordedFrame {
  const { ms, connection, frame, end } = parsed;
  const from = SIDES.find((side) => side === parsed.from);
  if (!isTime(ms) || !isCount(connection) || from === undefined) {
    throw new InvalidRecording(line, 'has not "ms", "connection" and "from" ("haproxy" or "agent")');
  }
  const place = { ms, connection, from };
  if (end === true) return { ...place, frame: undefined };
  const bytes = typeof frame === "string" ? fromHex(frame) : undefined;
  if (bytes === undefined || bytes.length < 4) {
    throw new InvalidRecording(line, 'has no "frame" in hexadecimal, with its length before it');
  }
  return { ...place, frame: bytes };
}

/** A recording of a month would be none: a timer cannot wait longer. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < 2 ** 31;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

function fromHex(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromHex(text);
  } catch {
    return undefined;
  }
}
