/**
 * What a method that follows something gives, item by item as it comes.
 */
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { UsageError } from "../usage_error.ts";
import { csvLine } from "./csv.ts";
import type { Format } from "./format.ts";
import { toJson } from "./json.ts";
import { cellText, isRecord, type Row, rowsOf } from "./rows.ts";

/**
 * Writes each item: on a terminal the line that HAProxy wrote, where the item tells it; else NDJSON or CSV.
 *
 * @param items what the method returned
 * @returns the exit status
 * @throws {UsageError} when the format needs the whole list, or the items do not fit it
 */
export async function follow(items: unknown, format: Format | undefined, to: Environment["stdout"]): Promise<number> {
  if (!isAsyncIterable(items)) throw new TypeError("a method that follows gives an async iterable");
  if (format === "table") throw new UsageError("Cannot show what is still coming as table: use --format ndjson or csv");
  let columns: string[] | undefined;
  for await (const item of items) {
    if (format === "csv") {
      const row = rowOf(item);
      if (columns === undefined) await to.write(csvLine(columns = Object.keys(row)));
      await to.write(csvLine(columns.map((name) => cellText(row[name]))));
    } else {
      await to.write(format === undefined && to.isTerminal ? personal(item) : toJson(item));
    }
  }
  return EXIT.done;
}

function personal(item: unknown): string {
  return isRecord(item) && typeof item["line"] === "string" ? `${item["line"]}\n` : toJson(item);
}

function rowOf(item: unknown): Row {
  const [row] = rowsOf([item]) ?? [];
  if (!row) throw new UsageError("Cannot show what comes as csv: its items are no plain rows; use --format ndjson");
  return row;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
