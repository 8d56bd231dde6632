/**
 * A command with others below it: the shell offers their names right behind it.
 */
import type { Leaf } from "./leaf.ts";

/**
 * The same leaf, which offers names too.
 *
 * @param leaf what runs when no name is given
 * @param names the commands below it, and a line about each
 */
export function offeringNames(leaf: Leaf, names: readonly (readonly [name: string, about: string])[]): Leaf {
  return {
    ...leaf,
    suggest(before, last) {
      const fitting = before.length > 0 ? [] : names.filter(([name]) => name.startsWith(last));
      const offers = fitting.map(([text, about]) => ({
        kind: "literal" as const,
        text,
        description: [{ type: "text" as const, text: about }],
      }));
      return [...offers, ...leaf.suggest(before, last)];
    },
  };
}
