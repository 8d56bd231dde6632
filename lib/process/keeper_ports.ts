/**
 * What a keeper needs of its surroundings: of the manager, of readiness, and of HAProxy.
 */
import type { Child } from "./child.ts";
import type { Definition } from "./definition.ts";

/** What a keeper is given by the manager. */
export interface KeeperPorts {
  /** Starts one process. */
  readonly spawn: (definition: Definition) => Promise<Child>;
  readonly tell: (event: "start" | "stop" | "flap" | "reap" | "stop_pid", child?: Child) => void;
  /** What has to be before it starts and is not yet, in words; empty when it may start. */
  readonly waitsFor: (definition: Definition) => string;
  /** Gives why a process is not ready: it has ended, or its time is over; `undefined` when it is. */
  readonly untilReady: (child: Child, definition: Definition) => Promise<string | undefined>;
  /**
   * The first of its processes is ready, or none is any more: the last goes (`no`) or has gone by itself (`lost`). Before a
   * planned end it is waited for: traffic goes away first. Never two of them at once.
   */
  readonly onServing: (definition: Definition, serving: "yes" | "no" | "lost") => Promise<void>;
  /** Its status may be another. */
  readonly onChange: () => void;
}
