/**
 * Names for units of sources that have none: made of what they have, always the same, and fit for a path and for HAProxy.
 */
import { createHash } from "node:crypto";
import type { Host } from "../service.ts";

/** As long as a name of a unit may be. */
const LONGEST = 127;

/**
 * A name made of other names.
 *
 * @param parts such as a node and a service's id; what a name must not have is replaced by `_`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unitName } from "./unit_name.ts";
 * assert.equal(unitName("node 1", "web"), "node_1/web");
 * ```
 */
export function unitName(...parts: readonly string[]): string {
  const given = parts.join("/");
  const clean = given.replaceAll(/[^\w.:/@+-]/g, "_").replace(/^(?=[^A-Za-z0-9_])/, "_");
  if (clean.length <= LONGEST) return clean;
  // Its end is what tells names of that length apart, if anything does.
  return `${clean.slice(0, LONGEST - 13)}+${createHash("sha256").update(given).digest("hex").slice(0, 12)}`;
}

/**
 * A name made of where the unit answers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unitOfHost } from "./unit_name.ts";
 * assert.equal(unitOfHost({ hostname: "10.0.0.1", port: 80 }), "10.0.0.1:80");
 * assert.equal(unitOfHost({ hostname: "::1", port: 80 }), "0::1:80");
 * ```
 */
export function unitOfHost({ hostname, port }: Pick<Host, "hostname" | "port">): string {
  return unitName(`${hostname.startsWith(":") ? "0" : ""}${hostname}:${port}`);
}
