/**
 * Rows as CSV (RFC 4180, with line feeds).
 */
import { cellText, columnsOf, type Row } from "./rows.ts";

/**
 * Writes rows with a header line.
 *
 * @param columns which columns, and in which order; all of them by default
 * @returns the text; without rows only the header, where the columns are known
 */
export function toCsv(rows: readonly Row[], columns: readonly string[] = columnsOf(rows)): string {
  if (columns.length === 0) return "";
  return csvLine(columns) + rows.map((row) => csvLine(columns.map((name) => cellText(row[name])))).join("");
}

/** One line of CSV, with its line feed. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(quoted).join(",")}\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
