/**
 * Loads the user's own module. This is the one import of the house whose name is not known before: it comes from the
 * configuration.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Imports a module, anew each time.
 *
 * A runtime keeps a module for ever under its address, so each time the address is another one; what the module imports itself
 * is loaded once only, and old versions stay in memory.
 *
 * @param path the file, absolute or from the working directory
 * @param version what makes the address another one
 * @returns the module's exports
 */
export async function loadModule(path: string, version: string): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(resolve(path));
  url.searchParams.set("happi", version);
  return await import(url.href);
}
