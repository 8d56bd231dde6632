/**
 * What is changed at run time through a happi that goes on running is remembered in its store, and made again after a reload
 * or a restart of HAProxy.
 */
import { getLogger } from "@logtape/logtape";
import type { Client } from "../../client/mod.ts";
import { formatAddress } from "../../net/mod.ts";
import { Keeper, type KeeperOptions, Remembered } from "../../services/mod.ts";
import type { Store } from "../../store/mod.ts";
import { logKeeper } from "./keeper_log.ts";

const LOG = getLogger(["happi", "state"]);

/**
 * Opens what is remembered of a HAProxy. A store that fails is told in the log, and everything holds in memory.
 *
 * @param store where it outlives a restart
 * @param client that HAProxy
 */
export async function openRemembered(store: Store, client: Client): Promise<Remembered> {
  const onTrouble = (why: string) => LOG.warn("Not everything is remembered: {why}", { why });
  return await Remembered.open({ store, scope: scopeOf(client), onTrouble });
}

/** What a keeper needs here. */
export interface StartKeeperOptions extends Pick<KeeperOptions, "client" | "master" | "remembered" | "onRestored"> {
  readonly store: Store;
}

/**
 * Begins to look for reloads of HAProxy, and to make again what is remembered; its log lines are written meanwhile.
 *
 * @param options the plain client, and what {@linkcode openRemembered} gave for it
 * @returns what ends it; HAProxy stays as it is
 */
export async function startKeeper(options: StartKeeperOptions): Promise<AsyncDisposable> {
  const keeper = new Keeper({ ...options, scope: scopeOf(options.client) });
  const logged = logKeeper(keeper.records);
  await keeper.start();
  return {
    async [Symbol.asyncDispose]() {
      await keeper[Symbol.asyncDispose]();
      await logged;
    },
  };
}

/** One store may serve several HAProxies. */
function scopeOf({ socket }: Client): string {
  return formatAddress(socket.address);
}
