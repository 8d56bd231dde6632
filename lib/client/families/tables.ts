/**
 * Stick tables: what HAProxy remembers of addresses, cookies and other keys (management guide, 9.3 "show table",
 * "set table", "clear table").
 *
 * The level of the socket is asked for before anything that takes a key: HAProxy 3.0.11 refuses such a command at level
 * `user`, and yet creates the entry or counts it as in use for ever. Below `operator`, "clear table" does nothing and says
 * so as little.
 */
import { isIP } from "node:net";
import { cli } from "../../socket/mod.ts";
import { InvalidArgument, NotFound } from "../errors.ts";
import { parseTable, parseTables, type Table, type TableInfo } from "../formats/table.ts";
import { requireLevel } from "../level.ts";
import type { Caller, Rows } from "../method.ts";
import { optional, settings, text } from "../parameter.ts";
import { tableData, type TableFilter, tableFilters } from "../parameter_lists.ts";
import { reference, tableName } from "../parameter_values.ts";
import { parseOrRefuse } from "../refusal.ts";

/** Methods that read and change stick tables. A key may be any text; it is escaped as HAProxy needs it. */
export interface TableMethods {
  /** Reads which tables there are: type, size, entries in use. */
  getTables(): Promise<TableInfo[]>;

  /**
   * Reads the entries of a table.
   *
   * @param table the name of its proxy, or `section/name` for one of a peers section
   * @param selection which entries; all by default
   * @returns the table and its entries; no table when there is no entry with the key
   * @throws {NotFound} when there is no such table, or no entry with the reference
   */
  getTable(table: string, selection?: TableSelection): Promise<Table>;

  /**
   * Creates an entry, or changes what it stores.
   *
   * @param table the table
   * @param key the key, in the table's type
   * @param data integers to store, by HAProxy's names; what is left out stays, or is 0
   * @throws {InvalidArgument} when the key is not of the table's type, which HAProxy would make something else of
   * @throws {CommandForbidden} when the socket's level is below operator
   */
  setTableEntry(table: string, key: string, data?: Readonly<Record<string, number>>): Promise<void>;

  /**
   * Removes entries. Those that a session uses right now stay.
   *
   * @param table the table
   * @param selection which entries; all by default
   * @throws {CommandForbidden} when the socket's level is below operator
   */
  clearTable(table: string, selection?: ClearTableSelection): Promise<void>;

  /**
   * Removes the entry of a key. It is no error when there is none.
   *
   * @param table the table
   * @param key the key
   * @throws {CommandRefused} when a session uses the entry right now
   */
  clearTableEntry(table: string, key: string): Promise<void>;
}

/** Which entries {@linkcode TableMethods.clearTable} removes: one of the two. */
export interface ClearTableSelection {
  /** Entries for which all of these hold; four at most. */
  readonly filters?: readonly TableFilter[];
  /** The entry with this reference, `0x...`; since HAProxy 3.1. */
  readonly ptr?: string;
}

/** Which entries {@linkcode TableMethods.getTable} reads: one of the three. */
export interface TableSelection extends ClearTableSelection {
  /** The entry of this key. */
  readonly key?: string;
}

const selectionFields = {
  filters: tableFilters("filters", "only entries for which all of these hold"),
  ptr: reference("ptr", "only the entry with this reference; since HAProxy 3.1"),
};
const key = text("key", "the key, in the table's type");
const row = { since: "2.6", level: "operator" } as const;

/** The rows of {@linkcode TableMethods}. */
export const tableMethods: Rows<TableMethods> = {
  getTables: {
    ...row,
    kind: "command",
    summary: "All stick tables: type, size, entries in use",
    level: "user",
    effect: "read",
    parameters: [],
    command: () => "show table",
    parse: parseTables,
  },
  getTable: {
    ...row,
    kind: "run",
    summary: "Entries of a stick table: all, those that pass filters, or one",
    effect: "read",
    parameters: [
      tableName(),
      settings<TableSelection>({ ...selectionFields, key: text("key", "only the entry of this key") }),
    ],
    needs: (_table, selection) => needsOf(selection),
    async run(caller, table, selection = {}) {
      const command = cli`show table ${table} ${selectionWords(selection)}`;
      await requireLevel(caller, "operator", command);
      return parseOrRefuse(command, await caller.read(command), parseTable);
    },
  },
  setTableEntry: {
    ...row,
    kind: "run",
    summary: "Create an entry of a stick table, or change what it stores",
    effect: "change",
    parameters: [tableName(), key, optional(tableData("data", "integers to store, by HAProxy's names"))],
    async run(caller, table, entryKey, data = {}) {
      const words = Object.entries(data).flatMap(([name, value]) => [`data.${name}`, value]);
      const command = cli`set table ${table} key ${entryKey} ${words}`;
      await requireLevel(caller, "operator", command);
      await checkKey(caller, table, entryKey);
      await caller.change(command);
    },
  },
  clearTable: {
    ...row,
    kind: "run",
    summary: "Remove entries of a stick table: all, those that pass filters, or one",
    effect: "change",
    parameters: [tableName(), settings<ClearTableSelection>(selectionFields)],
    needs: (_table, selection) => needsOf(selection),
    run: (caller, table, selection = {}) => clear(caller, cli`clear table ${table} ${selectionWords(selection)}`),
  },
  clearTableEntry: {
    ...row,
    kind: "run",
    summary: "Remove the entry of a key from a stick table",
    effect: "change",
    parameters: [tableName(), key],
    run: (caller, table, entryKey) => clear(caller, cli`clear table ${table} key ${entryKey}`),
  },
};

async function clear(caller: Caller, command: string): Promise<void> {
  await requireLevel(caller, "operator", command);
  await caller.change(command);
}

function needsOf(selection: TableSelection | undefined): "3.1" | undefined {
  return selection?.ptr === undefined ? undefined : "3.1";
}

function selectionWords(selection: TableSelection): (string | number)[] {
  const { key: entryKey, ptr, filters } = selection;
  const words = [
    entryKey === undefined ? [] : ["key", entryKey],
    ptr === undefined ? [] : ["ptr", ptr],
    (filters ?? []).flatMap(({ data, op, value }) => [`data.${data}`, op, value]),
  ].filter((some) => some.length > 0);
  if (words.length > 1) throw new InvalidArgument("options", selection, "give one of key, ptr and filters");
  return words.flat();
}

/** HAProxy looks up what is no address, and cuts off what is too large: 2.6 makes 44.0.0.1 of 300.0.0.1. */
async function checkKey(caller: Caller, table: string, entryKey: string): Promise<void> {
  const info = parseTables(await caller.read("show table")).find((one) => one.table === table);
  if (!info) throw new NotFound(`stick table "${table}"`, "HAProxy has no such table");
  const fault = KEY_FAULTS[info.type]?.(entryKey);
  if (fault !== undefined) {
    throw new InvalidArgument("key", entryKey, `table "${table}" has keys of type ${info.type}${fault}`);
  }
}

/** What is wrong with a key, by the table's type. */
const KEY_FAULTS: Readonly<Record<string, (key: string) => string | undefined>> = {
  ip: (value) => isIP(value) === 4 ? undefined : ": give an IPv4 address",
  ipv6: (value) => isIP(value) > 0 ? undefined : ": give an address",
  integer: (value) => /^\d{1,10}$/.test(value) && Number(value) <= 0xffffffff ? undefined : ": 0 to 4294967295",
  binary: () => ", which HAProxy does not let be set",
};
