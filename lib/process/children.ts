/**
 * All processes that a manager has started and that have not ended: by number, whoever they belong to.
 */
import { Child, type ChildOptions } from "./child.ts";
import type { Definition } from "./definition.ts";
import { CannotStart, ProcessNotFound } from "./errors.ts";

/** What is told of a process. */
export interface ChildrenPorts {
  readonly onSpawn: (child: Child, definition: Definition) => void;
  readonly onExit: (child: Child) => void;
}

/** The processes. */
export class Children {
  readonly #options: Omit<ChildOptions, "pid" | "once">;
  readonly #ports: ChildrenPorts;
  readonly #running = new Map<number, Child>();
  readonly #starting = new Set<Promise<Child>>();
  #lastPid = 0;
  #isClosed = false;

  /** @param options what each is started with */
  constructor(options: Omit<ChildOptions, "pid" | "once">, ports: ChildrenPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** No more are started. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Oldest first. */
  all(): Child[] {
    return [...this.#running.values()];
  }

  /** One by its number. @throws {ProcessNotFound} */
  get(pid: number): Child {
    const child = this.#running.get(pid);
    if (child === undefined) throw new ProcessNotFound("pid", pid);
    return child;
  }

  /** Makes sure that something may still be started. @throws {CannotStart} once closed */
  refuseWhenClosed(name: string): void {
    if (this.#isClosed) throw new CannotStart(name, "happi is being stopped");
  }

  /** From now on nothing is started. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Starts one.
   *
   * @param once whether it is not kept
   * @throws {CannotStart} {@linkcode InvalidDefinition}
   */
  async start(definition: Definition, once: boolean): Promise<Child> {
    this.refuseWhenClosed(definition.name);
    const { mark } = this.#options;
    const starting = Child.start(definition, {
      ...this.#options,
      pid: ++this.#lastPid,
      once,
      mark: definition.detach && !once ? {} : mark,
    }).then((child) => this.#welcome(child, definition));
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Ends those that are meant, also of those that are being started just now; settles when they have ended. */
  async stop(isMeant: (child: Child) => boolean): Promise<void> {
    await Promise.allSettled(this.#starting);
    await Promise.all(this.all().filter(isMeant).map((child) => child.stop()));
  }

  /** Knows nothing more of those that are meant. */
  forget(isMeant: (child: Child) => boolean): void {
    for (const child of this.all()) if (isMeant(child)) this.#running.delete(child.pid);
  }

  #welcome(child: Child, definition: Definition): Child {
    this.#running.set(child.pid, child);
    this.#ports.onSpawn(child, definition);
    void child.ended.then(() => {
      this.#running.delete(child.pid);
      this.#ports.onExit(child);
    });
    return child;
  }
}
