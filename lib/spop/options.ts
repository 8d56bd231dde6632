/**
 * How an agent is set up: every limit with its default.
 */
import type { Fault } from "./fault.ts";
import type { Verdict } from "./verdict.ts";

/** What an agent holds and waits for at most. */
export interface Limits {
  /** Open connections; more wait in the kernel's queue. Default 1024. */
  readonly maxConnections: number;
  /** NOTIFYs of one connection whose handlers run; beyond, the connection is not read. Default 256. */
  readonly maxFramesInFlight: number;
  /** NOTIFYs of all connections whose handlers run; beyond, no connection is read. Default 16384. */
  readonly maxFramesInFlightTotal: number;
  /** Bytes of answers that wait to be written to one connection; beyond, it is not read. Default 256 KiB. */
  readonly maxBufferedBytes: number;
  /** The largest frame, in bytes; HAProxy may offer less. Default 1 MiB. */
  readonly maxFrameSize: number;
  /** The largest NOTIFY in pieces (HAProxy up to 3.0), in bytes. Default 1 MiB. */
  readonly maxFragmentedBytes: number;
  /** How long a connection may take to its HELLO, in milliseconds. Default 5000. */
  readonly handshakeMs: number;
  /** How long a connection may say nothing, in milliseconds; well above HAProxy's own. Default 30 minutes. */
  readonly idleMs: number;
}

/** What an agent is made with. */
export interface AgentOptions extends Partial<Limits> {
  /** HAProxy's `timeout processing`, in milliseconds: handlers get nine tenths of it. Default 500. */
  readonly processingMs?: number;
  /** Told of the first fault of each kind and message; `stats()` counts all. */
  readonly onFault?: (fault: Fault) => void;
  /** Told of every verdict; costs nothing when it is not set. */
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** The limits where nothing else is said. */
export const DEFAULT_LIMITS: Limits = {
  maxConnections: 1024,
  maxFramesInFlight: 256,
  maxFramesInFlightTotal: 16_384,
  maxBufferedBytes: 256 * 1024,
  maxFrameSize: 1024 * 1024,
  maxFragmentedBytes: 1024 * 1024,
  handshakeMs: 5_000,
  idleMs: 30 * 60_000,
};

/** HAProxy's `timeout processing` where nothing else is said, in milliseconds. */
export const DEFAULT_PROCESSING_MS = 500;

/** What part of HAProxy's `timeout processing` a handler gets. */
export const DEADLINE_SHARE = 0.9;

/** The limits of an agent with these options. */
export function limitsOf(options: AgentOptions): Limits {
  const limits: Record<keyof Limits, number> = { ...DEFAULT_LIMITS };
  for (const name of LIMIT_NAMES) limits[name] = options[name] ?? limits[name];
  return limits;
}

const LIMIT_NAMES = [
  "maxConnections",
  "maxFramesInFlight",
  "maxFramesInFlightTotal",
  "maxBufferedBytes",
  "maxFrameSize",
  "maxFragmentedBytes",
  "handshakeMs",
  "idleMs",
] as const satisfies readonly (keyof Limits)[];
