/**
 * Maintenance by hand: what people said of a check goes before what the check found, survives a restart, and ends with
 * `ready`, since only the agent can take back what the agent said (configuration manual, 5.2 "agent-check").
 */
import { getLogger } from "@logtape/logtape";
import type { Store } from "../store/mod.ts";
import { InvalidMaintenance } from "./api_errors.ts";
import { KeptNotes } from "./maintenance/kept_notes.ts";
import { type MaintenanceNote, phaseOf } from "./maintenance/note.ts";
import type { Overlay } from "./options.ts";
import type { Admin, Reply } from "./reply.ts";

/** What a person wants of a check. */
export interface MaintenanceWish {
  /** `drain`, `maint`, or `ready` to end either. */
  readonly mode: Admin;
  /** After so many milliseconds it ends by itself; it stays if not given. */
  readonly forMs?: number;
  /** For people: HAProxy shows it beside `up`. */
  readonly why?: string;
  /** Who wants it. */
  readonly by?: string;
}

/** The maintenance of a check, as it stands. */
export interface MaintenanceView {
  /** The check's name, the request that names its target, or the target. */
  readonly name: string;
  /** `ready`: it has ended, and HAProxy is told so for a while. */
  readonly mode: Admin;
  readonly why: string;
  readonly by: string;
  /** In milliseconds since 1970. */
  readonly since: number;
  /** When it ends by itself; `null` for never. For `ready`: until when it is said, `null` before it was said once. */
  readonly until: number | null;
  /** Whether a restart would find it again. */
  readonly is_kept: boolean;
}

/** How maintenance is kept. */
export interface MaintenanceOptions {
  /** Where it survives a restart. */
  readonly store: Store;
  /**
   * How long `ready` is said after it has ended, from the first time on, in milliseconds; 30000 if not given. As long as
   * the longest `agent-inter` at least, so that every HAProxy hears it; not for ever, because `ready` also clears what an
   * operator does on HAProxy's socket.
   */
  readonly readyMs?: number;
  /** The time in milliseconds since 1970; the system's if not given. */
  readonly now?: () => number;
  /** Told when something could not be kept; it holds all the same, until a restart. */
  readonly onFault?: (cause: unknown) => void;
}

/**
 * Who is in maintenance by hand.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { memoryStore } from "../store/mod.ts";
 * import { Maintenance } from "./maintenance.ts";
 * await using maintenance = await Maintenance.open({ store: memoryStore() });
 * await maintenance.set("web", { mode: "drain", why: "new kernel" });
 * assert.deepEqual(maintenance.apply("web", "10.0.0.1:80", { health: "up" }), {
 *   admin: "drain",
 *   health: "up",
 *   text: "new kernel",
 * });
 * await maintenance.set("web", { mode: "ready" });
 * assert.deepEqual(maintenance.apply("web", "10.0.0.1:80", { health: "up" }), { admin: "ready", health: "up" });
 * ```
 */
export class Maintenance implements Overlay, AsyncDisposable {
  readonly #notes = new Map<string, MaintenanceNote>();
  readonly #kept: KeptNotes;
  readonly #readyMs: number;
  readonly #now: () => number;

  private constructor({ store, readyMs = 30_000, now = Date.now, onFault = () => {} }: MaintenanceOptions) {
    this.#readyMs = readyMs;
    this.#now = now;
    this.#kept = new KeptNotes(store, { onFault, onNote: (note) => this.#take(note) });
  }

  /** Reads what was kept. A store that cannot be read is told of, and holds nothing. */
  static async open(options: MaintenanceOptions): Promise<Maintenance> {
    const maintenance = new Maintenance(options);
    await maintenance.#kept.open();
    return maintenance;
  }

  /** {@inheritDoc Overlay.apply} */
  apply(name: string, target: string, reply: Reply): Reply {
    if (this.#notes.size === 0) return reply;
    const note = this.#notes.get(name) ?? this.#notes.get(target);
    if (note === undefined) return reply;
    const phase = phaseOf(note, this.#now(), this.#readyMs);
    if (phase === "over") {
      this.#forget(note);
      return reply;
    }
    if (phase === "held") return heldReply(reply, note);
    if (note.ready_from === null) this.#keep({ ...note, ready_from: this.#now() });
    // What the check itself says of drain and maint it also takes back itself.
    return reply.admin === undefined ? { ...reply, admin: "ready" } : reply;
  }

  /**
   * Puts a check into maintenance, or ends that.
   *
   * @param name the check's name, the request that names its target, or the target
   * @throws {InvalidMaintenance} when the wish makes no sense
   */
  async set(name: string, { mode, forMs, why = "", by = "" }: MaintenanceWish): Promise<MaintenanceView> {
    if (name === "" || name.length > LONGEST_NAME) throw new InvalidMaintenance(name, "that is no check's name");
    if (why.length > LONGEST_WHY) throw new InvalidMaintenance(name, `"why" is longer than ${LONGEST_WHY} characters`);
    if (!this.#notes.has(name) && this.#notes.size >= MOST_NOTES) {
      throw new InvalidMaintenance(name, `${MOST_NOTES} others are in maintenance already`);
    }
    if (forMs !== undefined && (mode === "ready" || !(forMs > 0))) {
      throw new InvalidMaintenance(name, mode === "ready" ? '"ready" has no duration' : "its duration must be longer");
    }
    const now = this.#now();
    const until = forMs === undefined ? null : now + forMs;
    // What is said later counts, also when the clock was set back in between.
    const since = Math.max(now, (this.#notes.get(name)?.since ?? 0) + 1);
    const note = { name, mode, why, by: by.slice(0, LONGEST_NAME), since, until, ready_from: null };
    this.#notes.set(name, note);
    await this.#kept.put(note);
    const view = this.#view(note);
    LOG.info('By hand, "{name}" is {mode}{how}', { name, mode, how: howOf(view) });
    return view;
  }

  /** The maintenance of one of these names; `undefined` when none is in any. */
  of(...names: readonly string[]): MaintenanceView | undefined {
    for (const name of names) {
      const note = this.#notes.get(name);
      if (note !== undefined && phaseOf(note, this.#now(), this.#readyMs) !== "over") return this.#view(note);
    }
    return undefined;
  }

  /** All of them, by name. */
  list(): MaintenanceView[] {
    const names = [...this.#notes.keys()].sort();
    return names.flatMap((name) => this.of(name) ?? []);
  }

  /** Ends; what is kept stays. The store is whoever made it's own to close. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept.close();
  }

  #view(note: MaintenanceNote): MaintenanceView {
    const { name, mode, why, by, since, until, ready_from } = note;
    const shared = { name, why, by, is_kept: this.#kept.has(note) };
    if (phaseOf(note, this.#now(), this.#readyMs) === "held") return { ...shared, mode, since, until };
    const saidUntil = ready_from === null ? null : ready_from + this.#readyMs;
    return { ...shared, mode: "ready", since: until ?? since, until: saidUntil };
  }

  #keep(note: MaintenanceNote): void {
    this.#notes.set(note.name, note);
    void this.#kept.put(note);
  }

  #forget(note: MaintenanceNote): void {
    this.#notes.delete(note.name);
    void this.#kept.remove(note);
  }

  /** What was kept, or what another process says: the newer counts. */
  #take(note: MaintenanceNote): void {
    const known = this.#notes.get(note.name);
    if (known === undefined || note.since > known.since) this.#notes.set(note.name, note);
  }
}

const LOG = getLogger(["happi", "agent"]);
const LONGEST_NAME = 4096;
const LONGEST_WHY = 1000;
const MOST_NOTES = 10_000;

/** What a person says goes before what the check found; of `drain` and `maint`, the stronger. */
function heldReply(reply: Reply, { mode, why }: MaintenanceNote): Reply {
  const admin = reply.admin === "maint" ? "maint" : mode;
  const text = [why, reply.text ?? ""].filter((part) => part !== "").join("; ");
  return text === "" ? { ...reply, admin } : { ...reply, admin, text };
}

function howOf({ mode, by, why, until }: MaintenanceView): string {
  return [
    mode === "ready" || until === null ? "" : ` until ${new Date(until).toISOString()}`,
    by === "" ? "" : ` (${by})`,
    why === "" ? "" : `: ${why}`,
  ].join("");
}
