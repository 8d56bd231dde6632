/**
 * What a reconciler needs, and what it gives.
 */
import type { Client } from "../../client/mod.ts";
import type { Store } from "../../store/mod.ts";
import type { Service } from "../service.ts";
import type { Resolve } from "./addresses.ts";
import type { StepResult } from "./apply.ts";
import type { Refusal } from "./guard.ts";
import type { Pause } from "./pause.ts";
import type { Route } from "./route.ts";
import type { Held } from "./server_steps.ts";
import type { Difference } from "./verify.ts";

/** Where services are known: the registry. */
export interface KnownServices {
  /** All that is known now. */
  list(): { readonly services: readonly Service[] };
  /** Gives something whenever that has changed. */
  readonly changes: { read(options: { readonly signal: AbortSignal }): AsyncIterable<unknown> };
}

/** What a reconciler needs. */
export interface ReconcilerOptions {
  /** A worker's socket, of level admin. */
  readonly client: Client;
  readonly services: KnownServices;
  readonly routes: readonly Route[];
  /** Where it remembers what it made; without one it knows its servers by the prefix of their names alone. */
  readonly store?: Store;
  /** How often it looks for drift, in milliseconds; 10,000 if not given. */
  readonly intervalMs?: number;
  /** After a failure it tries again so soon, and then in longer and longer steps; 250 to 10,000 ms if not given. */
  readonly backoffMs?: { readonly first: number; readonly most: number };
  /** Which HAProxy it is about, where one store serves several; `local` if not given. */
  readonly scope?: string;
  /** Servers whose names begin so are its own; `happi-` if not given. */
  readonly prefix?: string;
  /** Looks names up; the system's resolver if not given. */
  readonly resolve?: Resolve;
  /** What somebody wants of a server for now (drained by hand, say), whatever its unit says. */
  readonly held?: (backend: string, server: string) => Held | undefined;
  /** Told of each backend that is held back, once as long as it lasts. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Waits; by the system's clock if not given. */
  readonly pause?: Pause;
}

/** What came of a plan. */
export interface Applied {
  readonly results: readonly StepResult[];
  /** What is not as it should be all the same. */
  readonly differences: readonly Difference[];
  /** What was held back; none when forced. */
  readonly refused: readonly Refusal[];
}
