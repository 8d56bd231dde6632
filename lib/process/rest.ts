/**
 * Why a keeper starts none just now: it rests after ends that came too fast, has given up, or is done.
 */
import type { Definition } from "./definition.ts";
import { policyOf, type RestartPolicy } from "./flapping.ts";

/** Told by a rest. */
export interface RestPorts {
  readonly onFlap: () => void;
  /** It is over by itself. */
  readonly onOver: () => void;
}

/** The rest of one definition's processes. */
export class Rest {
  readonly #ports: RestPorts;
  readonly #restart: "always" | "on_failure" | "never";
  readonly #policy: RestartPolicy;
  #kind: "" | "resting" | "exited" | "given_up" = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why none runs, in words; empty when all is well. */
  reason = "";

  constructor({ restart = "always", flapping }: Definition, ports: RestPorts) {
    this.#restart = restart;
    this.#policy = policyOf(flapping);
    this.#ports = ports;
  }

  /** What kind of rest it is; empty when there is none. */
  get kind(): "" | "resting" | "exited" | "given_up" {
    return this.#kind;
  }

  /** It is over: somebody wants something else. */
  end(): void {
    clearTimeout(this.#timer);
    this.#kind = "";
    this.reason = "";
  }

  /** It is over, and what was before does not count. */
  forget(): void {
    this.end();
    this.#policy.reset();
  }

  /** Takes in that a process has ended by itself. */
  afterEnd(pid: number, livedMs: number, status: number, signal: number): void {
    const how = signal > 0 ? `by signal ${signal}` : `with status ${status}`;
    if (status !== 0) this.reason = `process ${pid} has ended ${how}`;
    // Where they are not started again, one that has failed is not made good by another.
    else if (this.#kind !== "exited") this.reason = "";
    this.#decide(livedMs, status);
  }

  /** Takes in that a process could not be started. */
  afterFailure(reason: string): void {
    this.reason = reason;
    this.#decide(0, 1);
  }

  #decide(livedMs: number, status: number): void {
    if (this.#restart === "never" || (this.#restart === "on_failure" && status === 0)) {
      this.#kind = "exited";
      return;
    }
    const decision = this.#policy.decide(performance.now(), livedMs);
    clearTimeout(this.#timer);
    if (decision.action !== "start") this.#ports.onFlap();
    if (decision.action === "give_up") {
      this.#kind = "given_up";
      return;
    }
    this.#kind = decision.delayMs === 0 ? "" : "resting";
    if (decision.delayMs === 0) return;
    this.#timer = setTimeout(() => {
      this.#kind = "";
      this.#ports.onOver();
    }, decision.delayMs);
  }
}
