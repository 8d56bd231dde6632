/**
 * A method's result in the format that was asked for, or the one that suits where it goes.
 */
import type { Environment } from "../environment.ts";
import { paint } from "../paint.ts";
import { UsageError } from "../usage_error.ts";
import { toCsv } from "./csv.ts";
import { toJson } from "./json.ts";
import { flatRow, isRecord, listOf, type Row, rowsOf } from "./rows.ts";
import { toProperties, toTable } from "./table.ts";

/** The formats of `--format`. */
export const FORMATS = ["json", "ndjson", "table", "csv"] as const;

/** One of {@linkcode FORMATS}. */
export type Format = typeof FORMATS[number];

/** What goes to each of the two outputs. */
export interface Rendered {
  readonly text: string;
  /** A remark for a person at a terminal. */
  readonly note?: string;
}

/** Where a result goes. */
export type Destination = Pick<Environment["stdout"], "isTerminal" | "columns" | "hasColours">;

/**
 * Renders a result.
 *
 * Without a format: on a terminal a table where the result is a list of flat rows or one flat record, plain words for a
 * text, `ok` for nothing, else indented JSON; elsewhere compact JSON, and nothing for nothing.
 *
 * @throws {UsageError} when the result does not fit the format
 */
export function render(result: unknown, format: Format | undefined, to: Destination): Rendered {
  if (result === undefined) return { text: to.isTerminal && format === undefined ? "ok\n" : "" };
  const chosen = format ?? (to.isTerminal ? "table" : "json");
  return RENDERERS[chosen](result, to) ?? fallBack(result, format);
}

type Renderer = (result: unknown, to: Destination) => Rendered | undefined;

/** Each gives `undefined` for a result that does not fit it. */
const RENDERERS: Readonly<Record<Format, Renderer>> = {
  json: (result, to) => ({ text: toJson(result, to.isTerminal) }),
  ndjson: (result) => ({ text: (listOf(result) ?? [result]).map((item) => toJson(item)).join("") }),
  csv(result) {
    const rows = rowsWithin(result);
    return rows && { text: toCsv(rows) };
  },
  table(result, to) {
    const options = { columns: to.isTerminal ? to.columns : Infinity, hasColours: to.hasColours };
    if (typeof result === "string") return { text: result === "" ? "ok\n" : `${result.replace(/\n+$/, "")}\n` };
    const list = listOf(result);
    if (list === undefined) {
      const record = isRecord(result) ? flatRow(result) : undefined;
      return record && { text: toProperties(record, options) };
    }
    const rows = rowsOf(list);
    if (rows?.length === 0) return { text: "", note: "none" };
    const table = rows && toTable(rows, options);
    if (table === undefined || table.hidden.length === 0) return table;
    const more = table.hidden.length === 1 ? "1 more column" : `${table.hidden.length} more columns`;
    return { text: table.text, note: `${more}: --format json or csv shows all` };
  },
};

function rowsWithin(result: unknown): Row[] | undefined {
  const list = listOf(result);
  if (list !== undefined) return rowsOf(list);
  const record = isRecord(result) ? flatRow(result) : undefined;
  return record && [record];
}

function fallBack(result: unknown, format: Format | undefined): Rendered {
  if (format === undefined) return { text: toJson(result, true) };
  throw new UsageError(`Cannot show the result as ${format}: it is no list of plain rows; use --format json`);
}

/** A remark, dimmed. */
export function noteLine(note: string, hasColours: boolean): string {
  return `${paint("dim", note, hasColours)}\n`;
}
