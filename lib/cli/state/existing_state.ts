/**
 * The store that another happi has made, for commands that have nothing to keep themselves: none is made for them.
 */
import { getLogger } from "@logtape/logtape";
import { reason } from "../../errors.ts";
import { openStore, type Store } from "../../store/mod.ts";
import type { Environment } from "../environment.ts";
import { stateDirectories } from "../state_directory.ts";

const LOG = getLogger(["happi", "store"]);

/** Opens the first store that is there; `undefined` where there is none, or none that this user may open. */
export async function openExistingState(environment: Pick<Environment, "variable">): Promise<Store | undefined> {
  for (const directory of stateDirectories(environment, undefined)) {
    try {
      await Deno.stat(`${directory}/happi.db`);
      return await openStore({ directory });
    } catch (thrown) {
      LOG.debug('There is no store in "{directory}": {why}', { directory, why: reason(thrown) });
    }
  }
  return undefined;
}
