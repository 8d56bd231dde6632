/**
 * What goes wrong in an agent and takes nothing down: counted each time, told once for each kind and message.
 */

/** The kinds of faults. */
export type FaultKind =
  /** A handler threw or rejected; its default was the answer. */
  | "handler_failed"
  /** A handler's default threw; it was answered without actions. */
  | "default_failed"
  /** A handler was not done in time; its default was the answer. */
  | "deadline"
  /** An action or a result came after the answer. */
  | "late"
  /** An action did not fit the frame. */
  | "action_dropped"
  /** A message has no handler. */
  | "unknown_message"
  /** The other side broke the protocol, and was cut off. */
  | "protocol"
  /** No connection could be accepted; it is tried again. */
  | "accept_failed"
  /** The `onVerdict` hook threw. */
  | "hook_failed";

/** A fault. */
export interface Fault {
  readonly kind: FaultKind;
  /** The message, where it is about one. */
  readonly message?: string;
  /** What was thrown, or what is wrong in a few words. */
  readonly cause: unknown;
}

/** Tells the first fault of each kind and message. */
export class FaultTeller {
  readonly #onFault: ((fault: Fault) => void) | undefined;
  readonly #told = new Set<string>();

  /** @param onFault who is told */
  constructor(onFault: ((fault: Fault) => void) | undefined) {
    this.#onFault = onFault;
  }

  tell(kind: FaultKind, message: string | undefined, cause: unknown): void {
    if (this.#onFault === undefined) return;
    const key = `${kind} ${message ?? ""}`;
    if (this.#told.has(key) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(key);
    try {
      this.#onFault({ kind, cause, ...(message === undefined ? {} : { message }) });
    } catch {
      // Whoever is told of faults must not become one: a verdict may wait behind this call.
    }
  }
}

/** Names of unknown messages come from outside: an end to what they may fill. */
const MOST_TOLD = 1000;
