/**
 * What is changed in a shell is remembered as what is changed over HTTP is, where a running happi keeps the same HAProxy: it
 * is made again after a reload.
 */
import { getLogger } from "@logtape/logtape";
import type { Client } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { findScope, isRemembered, Remembered } from "../../services/mod.ts";
import type { Environment } from "../environment.ts";
import { openExistingState } from "./existing_state.ts";

/** A client, and what has to end behind its last call. */
export interface NotingClient extends AsyncDisposable {
  readonly client: Client;
}

const LOG = getLogger(["happi", "state"]);

/**
 * The same client; it notes what it changes where somebody keeps that.
 *
 * @param environment where the store may be
 * @param client HAProxy's
 * @param method the method that will be called
 */
export async function notingClient(
  environment: Pick<Environment, "variable">,
  client: Client,
  method: string,
): Promise<NotingClient> {
  if (!isRemembered(method)) return { client, [Symbol.asyncDispose]: () => Promise.resolve() };
  const opened = new AsyncDisposableStack();
  try {
    const store = opened.use(await openExistingState(environment));
    const scope = store && await findScope(store, client);
    if (store === undefined || scope === undefined) {
      return {
        client,
        [Symbol.asyncDispose]: () => opened.disposeAsync(),
      };
    }
    const onTrouble = (why: string) => LOG.warn("It will not be made again after a reload: {why}", { why });
    const remembered = opened.use(await Remembered.open({ store, scope, onTrouble }));
    return { client: remembered.wrap(client), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  } catch (thrown) {
    LOG.warn("It will not be made again after a reload: {why}", { why: reason(thrown) });
    return { client, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  }
}
