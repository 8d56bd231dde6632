/**
 * Tables of figures, for people.
 *
 * @module
 */

/** A row: its name, then one figure a column. */
export type FigureRow = readonly [name: string, ...figures: string[]];

/** Prints a title, column heads and rows, figures right-aligned. */
export function printTable(title: string, heads: readonly string[], rows: readonly FigureRow[]): void {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    "  " +
    row.map((cell, column) => column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)).join(
      "  ",
    );
  print(`\n${title}\n${line(heads)}\n${rows.map(line).join("\n")}`);
}

/** Prints a line. */
export function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** A rate or a count, with thin separators every three digits. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** How many times one figure is another. */
export function times(value: number, base: number): string {
  return `${(value / base).toFixed(1)}x`;
}

/** The middle of several measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** A percentile of several measurements, `share` between 0 and 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
