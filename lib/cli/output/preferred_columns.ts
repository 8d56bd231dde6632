/**
 * Which columns of HAProxy's wide answers are worth a terminal's width, most wanted first.
 *
 * A row is known by columns that no other kind of row has, so that one entry serves every method that gives such rows.
 */
import type { Row } from "./rows.ts";

const PREFERRED: readonly { readonly has: readonly string[]; readonly columns: readonly string[] }[] = [
  {
    has: ["pxname", "svname"],
    columns: [
      ...["pxname", "svname", "status", "scur", "smax", "stot", "rate", "weight", "qcur", "bin", "bout"],
      ...["hrsp_2xx", "hrsp_4xx", "hrsp_5xx", "econ", "eresp", "lastchg", "check_status", "addr"],
    ],
  },
  {
    has: ["be_name", "srv_name", "srv_addr"],
    columns: [
      ...["be_name", "srv_name", "srv_addr", "srv_port", "op_state", "admin_states", "srv_uweight", "srv_iweight"],
      ...["check_result", "srv_time_since_last_change", "srv_fqdn", "srvrecord"],
    ],
  },
  {
    has: ["bkname", "svname"],
    columns: [
      "bkname",
      "svname",
      "addr",
      "port",
      "used_cur",
      "idle_cur",
      "need_est",
      "unsafe_nb",
      "safe_nb",
      "idle_lim",
    ],
  },
  { has: ["fe", "src", "age"], columns: ["id", "src", "fe", "be", "srv", "proto", "age", "calls", "rate", "uri"] },
  { has: ["key", "exp", "use"], columns: ["key", "exp", "use"] },
];

/** Columns that tell little to a person: shown only when there is room for all. */
const UNWANTED = /^(?:id|shard|lines|text|kind|type)$/;

/**
 * Orders columns by how much they are wanted.
 *
 * @param columns all columns
 * @param rows the rows, to know what kind they are
 * @returns the same columns in another order; those that every row leaves empty are left out
 */
export function orderColumns(columns: readonly string[], rows: readonly Row[]): string[] {
  const filled = columns.filter((name) => rows.some((row) => !isEmpty(row[name])));
  const known = PREFERRED.find(({ has }) => has.every((name) => columns.includes(name)));
  if (!known) return filled;
  const first = known.columns.filter((name) => filled.includes(name));
  const rest = filled.filter((name) => !first.includes(name));
  return [...first, ...rest.filter((name) => !UNWANTED.test(name)), ...rest.filter((name) => UNWANTED.test(name))];
}

/** How many columns of a known kind are shown where the width does not decide; all of an unknown kind. */
export function wantedColumns(columns: readonly string[]): readonly string[] {
  const known = PREFERRED.find(({ has }) => has.every((name) => columns.includes(name)));
  return known ? columns.filter((name) => known.columns.includes(name) || name.includes(".")) : columns;
}

function isEmpty(cell: Row[string]): boolean {
  return cell === undefined || cell === null || cell === "" || (Array.isArray(cell) && cell.length === 0);
}
