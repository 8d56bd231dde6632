/**
 * How files are named in paths: in full (`%2Fetc%2Fhaproxy%2Fhosts.map`), by the end of the path where that is enough
 * (`hosts.map`), or by HAProxy's number (`%230`).
 */
import { NotFound } from "../../client/mod.ts";
import { InvalidRequest } from "../errors.ts";

/**
 * Finds the name that HAProxy knows a file by.
 *
 * @param what what kind of file it is, for errors
 * @param given the name in the request
 * @param list reads the names that HAProxy has; asked only when it is needed
 * @returns the name for HAProxy
 * @throws {NotFound} when no file's path ends so
 * @throws {InvalidRequest} when several do
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findFile } from "./named_file.ts";
 *
 * const list = () => Promise.resolve(["/etc/haproxy/hosts.map", "/etc/haproxy/old-hosts.map"]);
 * assert.equal(await findFile("map", "hosts.map", list), "/etc/haproxy/hosts.map");
 * assert.equal(await findFile("map", "#0", list), "#0");
 * ```
 */
export async function findFile(what: string, given: string, list: () => Promise<readonly string[]>): Promise<string> {
  if (/^(?:\/|#\d+$)/.test(given)) return given;
  const known = await list();
  if (known.includes(given)) return given;
  const [found, ...others] = known.filter((file) => file.endsWith(`/${given}`));
  if (found === undefined) throw new NotFound(`${what} "${given}"`, `HAProxy has ${known.join(", ") || "none"}`);
  if (others.length > 0) {
    throw new InvalidRequest(
      `Cannot tell which ${what} "${given}" is: ${[found, ...others].join(", ")}; give more of its path`,
    );
  }
  return found;
}
