/**
 * What the server's routes have at hand: one HAProxy behind all of them, and what belongs to a single request.
 */
import type { Client } from "../client/mod.ts";
import type { Deadline } from "./guards/deadline.ts";
import type { SharedReads } from "./shared_reads.ts";

/** What all requests share. */
export interface Backing {
  /** Speaks with HAProxy. It outlives requests: a route that is not a shared read takes `c.var.client` instead. */
  readonly client: Client;
  /** Reads that requests share. */
  readonly reads: SharedReads;
  /** Aborted when the server begins to stop: streams end then. */
  readonly stopping: AbortSignal;
  /** Time between two signs of life of a silent stream, in milliseconds. */
  readonly heartbeatMs: number;
  /** Time that HAProxy has to say that it is ready, in milliseconds. */
  readonly readyTimeoutMs: number;
  /** happi's own version. */
  readonly version: string;
}

/** Hono's type for what belongs to a single request. */
export interface ServerEnv {
  Variables: {
    /** When the request must be answered; routes that are known to take long extend it. */
    readonly deadline: Deadline;
    /** Speaks with HAProxy for this request only: its calls end with the deadline. */
    readonly client: Client;
    /** The largest body that is read, in bytes. */
    readonly maxBodyBytes: number;
  };
}
