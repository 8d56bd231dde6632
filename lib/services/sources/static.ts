/**
 * The source `static`: services that stand in the configuration.
 */
import type { Picture } from "../service.ts";
import type { Source } from "../source.ts";
import { WHOLE } from "./parts.ts";
import { makeLife } from "./rounds.ts";

/** What it says. */
export interface StaticOptions {
  /** All of it. */
  readonly picture: Picture;
}

/**
 * Makes it.
 *
 * @param name its name
 * @param options what it says
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { staticSource } from "./static.ts";
 * await using source = staticSource("own", { picture: new Map() });
 * const picture = await new Promise((resolve) => source.start({ onPicture: resolve, onTrouble: () => {} }));
 * assert.deepEqual(picture, new Map());
 * ```
 */
export function staticSource(name: string, { picture }: StaticOptions): Source {
  return makeLife({ name, kind: "static", target: "the configuration" }, {}, (parts) => parts.put(WHOLE, picture));
}
