/**
 * Rows as a table that fits a terminal.
 */
import { paint } from "../paint.ts";
import { orderColumns, wantedColumns } from "./preferred_columns.ts";
import { type Cell, cellText, columnsOf, type Row } from "./rows.ts";

/** Where a table goes. */
export interface TableOptions {
  /** The width; `Infinity` where there is no terminal. */
  readonly columns: number;
  readonly hasColours: boolean;
}

/** A table, and what it had no room for. */
export interface Table {
  readonly text: string;
  /** Columns that hold something and are not shown. */
  readonly hidden: readonly string[];
}

/**
 * Lays rows out in columns: the most wanted ones, as many as fit.
 *
 * Numbers stand to the right, nothing is `-`, and what could steer a terminal is shown as `\x1b`.
 */
export function toTable(rows: readonly Row[], options: TableOptions): Table {
  const filled = orderColumns(columnsOf(rows), rows);
  const wanted = Number.isFinite(options.columns) ? filled : wantedColumns(filled);
  const columns = fit(wanted.map((name) => layOut(name, rows)), options.columns);
  const header = columns.map(({ name, width, isRight }) => pad(name, width, isRight)).join(GAP).trimEnd();
  const lines = rows.map((_, at) =>
    columns.map(({ cells, width, isRight }) => pad(shorten(cells[at] ?? "", width), width, isRight)).join(GAP).trimEnd()
  );
  const shown = new Set(columns.map(({ name }) => name));
  return {
    text: [paint("bold", header, options.hasColours), ...lines, ""].join("\n"),
    hidden: filled.filter((name) => !shown.has(name)),
  };
}

/** A record as two columns: names and values. */
export function toProperties(row: Row, options: TableOptions): string {
  const names = Object.keys(row);
  const width = Math.max(0, ...names.map((name) => name.length));
  const room = Math.max(20, options.columns - width - GAP.length);
  const lines = names.map((name) =>
    paint("bold", name.padEnd(width), options.hasColours) + GAP + shorten(cellShown(row[name]), room)
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
  readonly width: number;
  readonly isRight: boolean;
}

const GAP = "  ";
const WIDEST = 48;

function layOut(name: string, rows: readonly Row[]): Column {
  const cells = rows.map((row) => cellShown(row[name]));
  const widest = cells.reduce((most, cell) => Math.max(most, length(cell)), 0);
  const isRight = rows.every((row) => ["number", "bigint", "undefined"].includes(typeof (row[name] ?? undefined)));
  return { name, cells, width: Math.max(name.length, Math.min(widest, WIDEST)), isRight };
}

/** The first columns that have room beside each other; the very first always has. */
function fit(columns: readonly Column[], width: number): Column[] {
  const taken: Column[] = [];
  let left = width;
  for (const column of columns) {
    const needs = column.width + (taken.length === 0 ? 0 : GAP.length);
    if (needs > left && taken.length > 0) break;
    left -= needs;
    taken.push(column);
  }
  return taken;
}

function pad(text: string, width: number, isRight: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - length(text)));
  return isRight ? blanks + text : text + blanks;
}

function shorten(text: string, width: number): string {
  return length(text) <= width ? text : `${[...text].slice(0, width - 1).join("")}…`;
}

/** Characters, not UTF-16 units. */
function length(text: string): number {
  return [...text].length;
}

function cellShown(cell: Cell): string {
  const text = cellText(cell);
  return text === "" ? "-" : text.replace(CONTROLS, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** C0 and C1 control characters, which could move the cursor or change the terminal; and those that turn text around. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
