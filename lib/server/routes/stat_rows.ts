/**
 * Rows of `show stat` by the name of their proxy. A frontend and a backend may share a name, and HAProxy then shows one of
 * them only; by its number each is found.
 */
import { type Client, NotFound, type StatKind, type StatRow, type StatValue } from "../../client/mod.ts";

/**
 * Reads the rows of every proxy of a name.
 *
 * @param client speaks with HAProxy
 * @param proxy the name
 * @param kinds only rows of these kinds
 * @throws {NotFound} when there is no such proxy
 */
export async function readProxyRows(client: Client, proxy: string, kinds?: readonly StatKind[]): Promise<StatRow[]> {
  const heads = await client.getStat({ kinds: ["frontend", "backend"] });
  const numbers = new Set(heads.filter((row) => row.pxname === proxy).map((row) => row.iid));
  if (numbers.size === 0) throw new NotFound(`proxy "${proxy}"`, "HAProxy shows no such proxy, or it is disabled");
  const filter = kinds === undefined ? {} : { kinds };
  const parts = await Promise.all([...numbers].map((iid) => client.getStat({ proxy: `#${iid}`, ...filter })));
  return parts.flat();
}

/** A row without the columns that do not apply to it. */
export function withoutNulls(row: Readonly<Record<string, StatValue>>): Record<string, StatValue> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
