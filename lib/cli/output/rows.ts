/**
 * What in a result is a list, and its rows as flat records: the ground of tables, CSV and NDJSON.
 */

/** One row: a value that fits a cell for each column. */
export type Row = Readonly<Record<string, Cell>>;

/** What fits a cell. */
export type Cell = string | number | bigint | boolean | null | undefined | readonly Scalar[];

type Scalar = string | number | bigint | boolean | null;

/**
 * The list within a result: the result itself, or the list that an answer with a head holds (`{ version: 1, servers: [] }`).
 *
 * @returns the items; `undefined` when it is about something else than a list
 */
export function listOf(result: unknown): readonly unknown[] | undefined {
  if (Array.isArray(result)) return result;
  if (!isRecord(result)) return undefined;
  const lists = LISTS.map((name) => result[name]).filter((value) => Array.isArray(value));
  return lists.length === 1 ? lists[0] : undefined;
}

/** What the client calls the lists of answers that have a head: servers state, tables and crt-lists, pools, tasks. */
const LISTS = ["servers", "entries", "pools", "rows"];

/**
 * The rows of a list whose items are flat: scalars, lists of scalars, and records of those one level deep, whose columns
 * are called `data.gpc0`. A list of plain values has one column, `value`.
 *
 * @returns the rows; `undefined` when an item is not flat
 */
export function rowsOf(list: readonly unknown[]): Row[] | undefined {
  const rows: Row[] = [];
  for (const item of list) {
    const row = isScalar(item) ? { value: item } : isRecord(item) ? flatRow(item) : undefined;
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return rows;
}

/** One flat record; `undefined` when it holds more than cells and one level of records. */
export function flatRow(record: Readonly<Record<string, unknown>>): Row | undefined {
  const row: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(record)) {
    if (isCell(value)) {
      row[name] = value;
    } else if (isRecord(value)) {
      for (const [inner, one] of Object.entries(value)) {
        if (!isCell(one)) return undefined;
        row[`${name}.${inner}`] = one;
      }
    } else return undefined;
  }
  return row;
}

/** Every column that a row has, in the order in which they appear. */
export function columnsOf(rows: readonly Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  return [...columns];
}

/** A cell as text: lists with commas, nothing as an empty text. */
export function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  return Array.isArray(cell) ? cell.map((one) => one ?? "").join(",") : String(cell);
}

/** Whether a value is a record. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "bigint", "boolean"].includes(typeof value);
}

function isCell(value: unknown): value is Cell {
  return value === undefined || isScalar(value) || (Array.isArray(value) && value.every(isScalar));
}
