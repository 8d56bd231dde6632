/**
 * A configuration that has changed, put in the place of the one that runs: what is the same goes on undisturbed.
 */
import type { Definition, Manager } from "../../process/mod.ts";

/** What a reload did, by name. */
export interface Reloaded {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Adds, changes and removes definitions. Only what the file says differently is touched: what was changed over the API since
 * stays as it is.
 *
 * @param before what the file said
 * @param after what it says now
 */
export async function reloadDefinitions(
  manager: Pick<Manager, "names" | "add" | "update" | "remove">,
  before: readonly Definition[],
  after: readonly Definition[],
): Promise<Reloaded> {
  const olds = new Map(before.map((definition) => [definition.name, JSON.stringify(definition)]));
  const names = new Set(after.map(({ name }) => name));
  const isThere = (name: string) => manager.names().includes(name);
  const removed = before.map(({ name }) => name).filter((name) => !names.has(name) && isThere(name));
  const different = after.filter((definition) => olds.get(definition.name) !== JSON.stringify(definition));
  const added = different.filter(({ name }) => !isThere(name));
  const changed = different.filter(({ name }) => isThere(name));
  await Promise.all(removed.map((name) => manager.remove(name)));
  await Promise.all(changed.map((definition) => manager.update(definition)));
  for (const definition of byPriority(added)) await manager.add(definition);
  return { added: added.map(({ name }) => name), changed: changed.map(({ name }) => name), removed };
}

/** Lower priorities first; those without last. */
export function byPriority(definitions: readonly Definition[]): Definition[] {
  const of = ({ priority = Number.MAX_SAFE_INTEGER }: Definition) => priority;
  return definitions.toSorted((a, b) => of(a) - of(b));
}
