/**
 * What one connection adds to the counters: to those of the agent from its first byte, to those of its engine from HELLO.
 *
 * Hot path: a few additions for each read, frame and write.
 */
import type { AgentCounters, EngineCounters } from "./stats.ts";

/** The counters that a connection counts into. */
export class Tally {
  readonly #agent: AgentCounters;
  #engine: EngineCounters | undefined;

  /** Counts a connection that was accepted. */
  constructor(agent: AgentCounters) {
    this.#agent = agent;
    agent.connections++;
    agent.accepted++;
  }

  /** HELLO said whose connection it is. */
  joinEngine(id: string): void {
    this.#engine = this.#agent.engine(id);
    this.#engine.connections++;
  }

  /** Bytes were read. */
  bytesIn(bytes: number): void {
    this.#agent.bytesIn += bytes;
    if (this.#engine !== undefined) this.#engine.bytesIn += bytes;
  }

  /** Bytes were written. */
  bytesOut(bytes: number): void {
    this.#agent.bytesOut += bytes;
    if (this.#engine !== undefined) this.#engine.bytesOut += bytes;
  }

  /** A NOTIFY came. */
  frame(): void {
    this.#agent.frames++;
    if (this.#engine !== undefined) this.#engine.frames++;
  }

  /** So many more NOTIFYs wait for their handlers; fewer when it is negative. */
  inFlight(more: number): void {
    this.#agent.inFlight += more;
    if (this.#engine !== undefined) this.#engine.inFlight += more;
  }

  /** The other side broke the protocol, and is told so by this status code. */
  fault(code: number): void {
    const { disconnects } = this.#agent;
    disconnects[code] = (disconnects[code] ?? 0) + 1;
    if (this.#engine !== undefined) this.#engine.errors++;
  }

  /** The connection is closed. */
  close(): void {
    this.#agent.connections--;
    if (this.#engine !== undefined) this.#engine.connections--;
  }
}
