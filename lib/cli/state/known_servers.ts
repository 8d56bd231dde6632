/**
 * The words with which servers were added, where happi added them and remembers it.
 */
import type { Client } from "../../client/mod.ts";
import { findScope, Remembered, type ServerDocument } from "../../services/mod.ts";
import type { Environment } from "../environment.ts";
import { openExistingState } from "./existing_state.ts";

/** By `backend/server`; empty where nobody keeps what is done to this HAProxy. */
export async function knownServers(
  environment: Pick<Environment, "variable">,
  client: Client,
): Promise<ReadonlyMap<string, ServerDocument["made"]>> {
  await using store = await openExistingState(environment);
  const scope = store && await findScope(store, client);
  if (store === undefined || scope === undefined) return new Map();
  await using remembered = await Remembered.open({ store, scope });
  const documents = await remembered.documents();
  return new Map(documents.flatMap((one) => one.kind === "server" && one.made ? [[one.name, one.made] as const] : []));
}
