/**
 * Keeping a unit registered: registers it, renews its lease, and registers it anew when the registry has lost it. Whoever
 * answers may be away for a while.
 */
import type { Fields, ServicesApi } from "./api.ts";
import { ServicesRefused, ServicesUnreachable, unitPath } from "./api.ts";
import { pause } from "./pause.ts";

/** What is kept registered, and who is told. */
export interface LeaseKeeperOptions {
  readonly api: ServicesApi;
  readonly service: string;
  readonly unit: string;
  /** The unit's fields: `hostname`, `port`, `weight`. */
  readonly fields: Fields;
  readonly ttlMs: number;
  /** Told of what is in the way, once for each time; `undefined` when the unit is registered (again). */
  readonly onTrouble: (why: string | undefined) => void;
}

/** A unit that is kept registered. */
export interface LeaseKeeper {
  /** Fails when the registry refuses the unit as it is; settles when it is ended. */
  readonly ended: Promise<void>;
  /** Takes the traffic away, and keeps the lease. Gives whether the registry knows. */
  drain(): Promise<boolean>;
  /** Takes the unit out, and ends. */
  deregister(): Promise<void>;
}

/** Refusals that are about the registry and not about the unit: it is tried again. */
const PASSING = [408, 409, 421, 429];

/**
 * Begins to keep a unit registered.
 *
 * @param options see {@linkcode LeaseKeeperOptions}
 */
export function keepLease({ api, service, unit, fields, ttlMs, onTrouble }: LeaseKeeperOptions): LeaseKeeper {
  const path = unitPath(service, unit);
  const closing = new AbortController();
  const { signal } = closing;
  const patienceMs = Math.max(500, ttlMs / 3);
  let state: "ready" | "drain" = "ready";
  let isKnown = false;
  let trouble: string | undefined = "not yet";

  const tell = (why: string | undefined) => {
    if (why !== trouble && (why === undefined || trouble === undefined || trouble === "not yet")) onTrouble(why);
    trouble = why;
  };
  const register = async () => {
    await api.ask("PUT", path, { body: { ...fields, state, ttl: ttlMs / 1000 }, signal, patienceMs });
    isKnown = true;
  };
  const renew = async () => {
    try {
      await api.ask("POST", `${path}/renew`, { signal, patienceMs });
    } catch (thrown) {
      if (!(thrown instanceof ServicesRefused) || thrown.status !== 404) throw thrown;
      await register();
    }
  };
  const beat = async (): Promise<boolean> => {
    try {
      await (isKnown ? renew() : register());
      tell(undefined);
      return true;
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      if (!isPassing(thrown)) throw thrown;
      tell(thrown.message);
      return false;
    }
  };
  const run = async () => {
    for (;;) await pause(await beat() ? ttlMs / 3 : Math.min(RETRY_MS, ttlMs / 3), signal);
  };
  const ended = run().catch((thrown) => {
    if (!signal.aborted) throw thrown;
  });
  return {
    ended,
    async drain() {
      state = "drain";
      try {
        await register();
        return true;
      } catch (thrown) {
        if (!isPassing(thrown)) throw thrown;
        return false;
      }
    },
    async deregister() {
      closing.abort();
      await ended.catch(() => {});
      // One that cannot be told ends by its lease.
      if (isKnown) await api.ask("DELETE", path, { patienceMs: LAST_MS }).catch(() => {});
    },
  };
}

const RETRY_MS = 1_000;
const LAST_MS = 2_000;

function isPassing(thrown: unknown): thrown is ServicesUnreachable | ServicesRefused {
  if (thrown instanceof ServicesUnreachable) return true;
  return thrown instanceof ServicesRefused && (thrown.status >= 500 || PASSING.includes(thrown.status));
}
