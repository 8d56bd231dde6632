/**
 * Colours of a terminal (ECMA-48 "Select graphic rendition").
 */

/** The few that happi uses. */
export type Paint = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

const CODES: Readonly<Record<Paint, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** Paints text, where colours are welcome. */
export function paint(how: Paint, text: string, hasColours: boolean): string {
  const [on, off] = CODES[how];
  return hasColours ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}
