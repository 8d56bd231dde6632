/**
 * Flags as files in a directory: a flag is set while its file is there. What is in the file can be read whole at any time.
 *
 * | flag | means |
 * |---|---|
 * | `<endpoint>.available` | a provider: somebody is on the other side; a requirer: somebody has offered a port, and not all have gone |
 * | `<endpoint>.changed` | a requirer: the services are other than they were; whoever has dealt with it removes the file |
 */
import { reason } from "../../errors.ts";
import { FlagFailed } from "../errors.ts";
import type { Service } from "../service.ts";

/** Flags to be set with their texts, and to be cleared with `null`; what is not named stays as it is. */
export type FlagChanges = Readonly<Record<string, string | null>>;

/**
 * What becomes of a provider's flags.
 *
 * @param isJoined whether a unit is on the other side of any relation
 */
export function providerFlags(endpoint: string, isJoined: boolean): FlagChanges {
  return { [`${endpoint}.available`]: isJoined ? "" : null };
}

/**
 * What becomes of a requirer's flags. One unit that departs, or whose port has gone, clears nothing: the last one does.
 *
 * @param isJoined whether a unit is on the other side of any relation
 * @param services what they offer, which is the text of the flags as JSON
 * @param isChanged whether that is other than it was
 */
export function requirerFlags(
  endpoint: string,
  { isJoined, services, isChanged }: {
    readonly isJoined: boolean;
    readonly services: readonly Service[];
    readonly isChanged: boolean;
  },
): FlagChanges {
  const text = `${JSON.stringify(services)}\n`;
  return {
    ...(services.length > 0
      ? { [`${endpoint}.available`]: text }
      : isJoined
      ? {}
      : { [`${endpoint}.available`]: null }),
    ...(isChanged ? { [`${endpoint}.changed`]: text } : {}),
  };
}

/**
 * Sets and clears flags. A file that already is as it should be is not touched.
 *
 * @param directory made when it is not there
 * @param changes which
 * @returns the flags whose files have changed
 * @throws {FlagFailed} when one cannot be changed
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { changeFlags, providerFlags } from "./flags.ts";
 * const directory = await Deno.makeTempDir();
 * assert.deepEqual(await changeFlags(directory, providerFlags("website", true)), ["website.available"]);
 * assert.deepEqual(await changeFlags(directory, providerFlags("website", true)), []);
 * assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["website.available"]);
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function changeFlags(directory: string, changes: FlagChanges): Promise<string[]> {
  const changed: string[] = [];
  for (const [flag, text] of Object.entries(changes)) {
    try {
      if (!/^[\w-]+\.[\w-]+$/.test(flag)) throw new TypeError("a flag is two words with a dot between");
      if (await (text === null ? clear(`${directory}/${flag}`) : set(directory, flag, text))) changed.push(flag);
    } catch (thrown) {
      throw new FlagFailed(flag, directory, reason(thrown), thrown);
    }
  }
  return changed;
}

async function set(directory: string, flag: string, text: string): Promise<boolean> {
  if (await textOf(`${directory}/${flag}`) === text) return false;
  await Deno.mkdir(directory, { recursive: true });
  const draft = `${directory}/.${flag}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(draft, text, { createNew: true });
    await Deno.rename(draft, `${directory}/${flag}`);
  } catch (thrown) {
    await Deno.remove(draft).catch(() => {}); // it may never have been there
    throw thrown;
  }
  return true;
}

async function clear(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}
