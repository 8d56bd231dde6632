/**
 * What a reload of HAProxy means for what is kept: its servers are told of again, as HAProxy has forgotten which were drained,
 * and the hooks for after it are run (management guide, 4 "Stopping and restarting HAProxy").
 */
import { getLogger } from "@logtape/logtape";
import type { Client } from "../../client/mod.ts";
import { HookFailed, type Manager, type Serving } from "../../process/mod.ts";
import { type Reloaded, ReloadWatch } from "../../services/mod.ts";

const LOG = getLogger(["happi", "process"]);

/** What the definitions of hooks call it. */
const RELOAD = "haproxy-reload";

/** For a moment the old worker takes connections too, and might be told instead of the new one; in milliseconds. */
const BOTH_MS = 500;

/** What is told of reloads. */
export interface FollowReloadsOptions {
  /** HAProxy's, with level admin. */
  readonly client: Client;
  readonly serving: Pick<Serving, "tellAgain">;
  readonly manager: Pick<Manager, "runHooks">;
  /** Aborted when everything is about to be stopped: hooks are not run any more. */
  readonly signal: AbortSignal;
}

/**
 * Watches HAProxy until it is disposed of; that settles when what a reload has brought about is over.
 *
 * @param options HAProxy, and who is to know
 */
export function followReloads({ client, serving, manager, signal }: FollowReloadsOptions): AsyncDisposable {
  const closing = new AbortController();
  const act = async ({ before, after }: Reloaded) => {
    LOG.info("HAProxy was reloaded: process {after} has taken over from {before}", {
      before: before.pid,
      after: after.pid,
    });
    await serving.tellAgain();
    const toldOnceMore = pause(BOTH_MS, closing.signal).then(async () => {
      if (!closing.signal.aborted) await serving.tellAgain();
    });
    if (!signal.aborted && !closing.signal.aborted) await runAfter(manager);
    await toldOnceMore;
  };
  let turn = Promise.resolve();
  const watch = new ReloadWatch({
    client,
    onFirst: ({ pid }) => LOG.debug("HAProxy's process is {pid}", { pid }),
    onReload(reloaded) {
      turn = turn.then(() => act(reloaded));
    },
  });
  watch.start();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await watch[Symbol.asyncDispose]();
      await turn;
    },
  };
}

async function runAfter(manager: Pick<Manager, "runHooks">): Promise<void> {
  for (const result of await manager.runHooks("after", RELOAD)) {
    const { name, ok, took_ms } = result;
    if (ok) LOG.info('Hook "{name}" after the reload: done in {took_ms} ms', { name, took_ms });
    else LOG.error("{why}", { why: new HookFailed("after", RELOAD, result).message });
  }
}

/** Waits, or not so long when everything ends. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
