/**
 * What an agent counts: for each message, for each engine, and over all.
 */
import { Histogram, type LatencySnapshot } from "./histogram.ts";

/** What was counted for a message. */
export interface MessageStats {
  /** Messages that came. */
  readonly messages: number;
  /** Handlers that run now. */
  readonly in_flight: number;
  /** Handlers that threw or rejected; their default was the answer. */
  readonly errors: number;
  /** Handlers that were not done in time; their default was the answer. */
  readonly deadlines: number;
  /** Results that came after the answer. */
  readonly late: number;
  /** Actions that did not fit the frame. */
  readonly dropped_actions: number;
  /** Bytes of its arguments, names included. */
  readonly bytes_in: number;
  /** Bytes of the actions that it was answered with. */
  readonly bytes_out: number;
  /** From the read that completed the frame to the answer's write. */
  readonly latency: LatencySnapshot;
}

/** What was counted for an engine: one HAProxy process and `engine`. */
export interface EngineStats {
  readonly connections: number;
  /** NOTIFY frames that came. */
  readonly frames: number;
  readonly in_flight: number;
  /** Connections that ended with a fault of the protocol. */
  readonly errors: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
}

/** What was counted over all. */
export interface AgentStats {
  /** Open connections. */
  readonly connections: number;
  /** Connections that were ever accepted. */
  readonly accepted: number;
  /** Health checks that were answered. */
  readonly health_checks: number;
  /** NOTIFY frames that came. */
  readonly frames: number;
  /** NOTIFY frames whose handlers run now. */
  readonly in_flight: number;
  /** Connections cut off for a fault, by the status code that they were told. */
  readonly disconnects: Readonly<Record<string, number>>;
  /** Messages without a handler. */
  readonly unknown_messages: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** By message name. */
  readonly messages: Readonly<Record<string, MessageStats>>;
  /** By engine-id; those that are gone are kept for a while. */
  readonly engines: Readonly<Record<string, EngineStats>>;
}

/** The live counters of a message. */
export class MessageCounters {
  messages = 0;
  inFlight = 0;
  errors = 0;
  deadlines = 0;
  late = 0;
  droppedActions = 0;
  bytesIn = 0;
  bytesOut = 0;
  readonly latency = new Histogram();

  snapshot(): MessageStats {
    return {
      messages: this.messages,
      in_flight: this.inFlight,
      errors: this.errors,
      deadlines: this.deadlines,
      late: this.late,
      dropped_actions: this.droppedActions,
      bytes_in: this.bytesIn,
      bytes_out: this.bytesOut,
      latency: this.latency.snapshot(),
    };
  }
}

/** The live counters of an engine. */
export class EngineCounters {
  connections = 0;
  frames = 0;
  inFlight = 0;
  errors = 0;
  bytesIn = 0;
  bytesOut = 0;

  snapshot(): EngineStats {
    return {
      connections: this.connections,
      frames: this.frames,
      in_flight: this.inFlight,
      errors: this.errors,
      bytes_in: this.bytesIn,
      bytes_out: this.bytesOut,
    };
  }
}

/** The live counters of an agent, beside those of its messages. */
export class AgentCounters {
  connections = 0;
  accepted = 0;
  healthChecks = 0;
  frames = 0;
  inFlight = 0;
  unknownMessages = 0;
  bytesIn = 0;
  bytesOut = 0;
  readonly disconnects: Record<string, number> = {};
  readonly #engines = new Map<string, EngineCounters>();

  /** The counters of an engine; a HAProxy that reloads has a new engine each time, so the oldest idle ones are forgotten. */
  engine(id: string): EngineCounters {
    const known = this.#engines.get(id);
    if (known !== undefined) return known;
    if (this.#engines.size >= MOST_ENGINES) this.#forget();
    const counters = new EngineCounters();
    this.#engines.set(id, counters);
    return counters;
  }

  snapshot(messages: Readonly<Record<string, MessageStats>>): AgentStats {
    const engines = [...this.#engines].map(([id, one]) => [id, one.snapshot()] as const);
    return {
      connections: this.connections,
      accepted: this.accepted,
      health_checks: this.healthChecks,
      frames: this.frames,
      in_flight: this.inFlight,
      disconnects: { ...this.disconnects },
      unknown_messages: this.unknownMessages,
      bytes_in: this.bytesIn,
      bytes_out: this.bytesOut,
      messages,
      engines: Object.fromEntries(engines),
    };
  }

  #forget(): void {
    for (const [id, one] of this.#engines) {
      if (one.connections === 0) {
        this.#engines.delete(id);
        return;
      }
    }
  }
}

const MOST_ENGINES = 32;
