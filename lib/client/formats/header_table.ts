/**
 * Tables whose first line names the columns and whose cells are separated by a TAB or by ` | `: `show ssl sni`, `acme status`,
 * `show ssl ocsp-updates` (management guide, 9.3). The columns are found by their titles, so that a new one does no harm.
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";

/** How one table is written. */
export interface HeaderTable {
  /** The command that is answered with it. */
  command: string;
  /** What the header line starts with, before the first title. */
  prefix: string;
  /** What is between two cells. */
  separator: string;
  /** Titles that have to be there. */
  titles: readonly string[];
}

/**
 * Reads a table.
 *
 * @param table how it is written
 * @param answer the whole answer
 * @returns for each row a function that gives the cell under a title, without blanks around it; a title that is not there
 *   gives the empty text
 * @throws {UnexpectedAnswer} when a title is missing, or a row has not as many cells as the header
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHeaderTable } from "./header_table.ts";
 *
 * const table = { command: "acme status", prefix: "# ", separator: "\t", titles: ["certificate", "state"] };
 * const rows = parseHeaderTable(table, "# certificate\tsection\tstate\nsite.pem\tLE\tRunning\n\n");
 * assert.deepEqual(rows.map((cell) => [cell("certificate"), cell("state")]), [["site.pem", "Running"]]);
 * ```
 */
export function parseHeaderTable(table: HeaderTable, answer: string): ((title: string) => string)[] {
  const { command, prefix, separator, titles } = table;
  const [header = "", ...lines] = answerLines(answer);
  const columns = new Map(header.slice(prefix.length).split(separator).map((title, index) => [title.trim(), index]));
  if (!header.startsWith(prefix) || titles.some((title) => !columns.has(title))) {
    throw new UnexpectedAnswer(command, `a header with the columns ${titles.join(", ")}`, answer, header);
  }
  return lines.map((line) => {
    const cells = line.split(separator);
    // Some versions end a row with one more separator.
    if (cells.length === columns.size + 1 && cells.at(-1) === "") cells.pop();
    if (cells.length !== columns.size) {
      throw new UnexpectedAnswer(command, `a row of ${columns.size} cells`, answer, line);
    }
    return (title) => cells[columns.get(title) ?? -1]?.trim() ?? "";
  });
}
