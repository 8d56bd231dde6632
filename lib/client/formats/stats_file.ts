/**
 * The counters that survive a reload through `stats-file`: those of the objects that have a `guid` (management guide,
 * "dump stats-file", 3.0 and later).
 *
 * @module
 */

import { UnexpectedAnswer } from "./errors.ts";
import { answerLines } from "./expect.ts";
import { parseInteger } from "./number.ts";

/** One object's counters. */
export interface StatsFileRow {
  /** The object's guid. */
  guid: string;
  /** Its counters by column; a cell that is no integer stays as text. */
  counters: Record<string, number | bigint | string>;
}

/** The objects of one kind. */
export interface StatsFileSection {
  /** `fe` (frontends), `be` (backends), and whatever later versions add. */
  type: string;
  /** The columns behind `guid`. */
  columns: string[];
  /** The objects. */
  rows: StatsFileRow[];
}

/**
 * Reads the answer to `dump stats-file`. It holds blank lines: give it the whole answer. The text itself is what HAProxy's
 * `stats-file` setting reads; keep it as it is for that.
 *
 * @param answer the whole answer
 * @returns the sections in HAProxy's order
 * @throws {UnexpectedAnswer} when the answer has another shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseStatsFile } from "./stats_file.ts";
 *
 * assert.deepEqual(parseStatsFile("#fe guid,stot,bin,\n\n#be guid,stot,bin,\nweb-guid,2,173,\n\n"), [
 *   { type: "fe", columns: ["stot", "bin"], rows: [] },
 *   { type: "be", columns: ["stot", "bin"], rows: [{ guid: "web-guid", counters: { stot: 2, bin: 173 } }] },
 * ]);
 * ```
 */
export function parseStatsFile(answer: string): StatsFileSection[] {
  const sections: StatsFileSection[] = [];
  for (const line of answerLines(answer)) {
    if (line === "") continue;
    const [, type, names] = /^#([a-z]+) guid,(.*)$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (type !== undefined && names !== undefined) sections.push({ type, columns: readCells(names, answer), rows: [] });
    else if (section !== undefined) section.rows.push(readRow(section.columns, line, answer));
    else throw new UnexpectedAnswer(COMMAND, 'a header "#<type> guid,..."', answer, line);
  }
  if (sections.length === 0) throw new UnexpectedAnswer(COMMAND, 'a header "#<type> guid,..."', answer);
  return sections;
}

const COMMAND = "dump stats-file";

function readRow(columns: readonly string[], line: string, answer: string): StatsFileRow {
  const [guid = "", ...cells] = readCells(line, answer);
  if (cells.length !== columns.length) {
    throw new UnexpectedAnswer(COMMAND, `a row of ${columns.length + 1} cells`, answer, line);
  }
  const counters = columns.map((column, index) => {
    const cell = cells[index] ?? "";
    return [column, parseInteger(cell) ?? cell] as const;
  });
  return { guid, counters: Object.fromEntries(counters) };
}

/** The cells of a line; each is ended by a comma, the last one too. Nothing in them is quoted. */
function readCells(line: string, answer: string): string[] {
  if (!line.endsWith(",")) throw new UnexpectedAnswer(COMMAND, "a line that ends with a comma", answer, line);
  return line.slice(0, -1).split(",");
}
