/**
 * The columns of `show stat` that HAProxy 2.6 to 3.5 print for every build, by the type of their values (management guide,
 * 9.1 "CSV format"; types as `show stat typed` names them). Columns behind these belong to modules and differ by build.
 *
 * @module
 */

/** Columns that hold text whatever it looks like: a server may be called `123`. */
// deno-fmt-ignore -- packed, as the table it is
export const TEXT_COLUMNS = [
  "pxname", "svname", "status", "tracked", "check_status", "last_chk", "last_agt", "agent_status", "check_desc",
  "agent_desc", "addr", "cookie", "mode", "algo", "proto",
] as const;

/** Columns of 32 bits: gauges, limits, rates, times, identifiers. */
// deno-fmt-ignore -- packed, as the table it is
export const GAUGE_COLUMNS = [
  "qcur", "qmax", "scur", "smax", "slim", "weight", "act", "bck", "lastchg", "downtime", "qlimit", "pid", "iid",
  "sid", "throttle", "type", "rate", "rate_lim", "rate_max", "check_code", "req_rate", "req_rate_max", "lastsess",
  "qtime", "ctime", "rtime", "ttime", "agent_code", "check_rise", "check_fall", "check_health", "agent_rise",
  "agent_fall", "agent_health", "conn_rate", "conn_rate_max", "srv_icur", "src_ilim", "qtime_max", "ctime_max",
  "rtime_max", "ttime_max", "idle_conn_cur", "safe_conn_cur", "used_conn_cur", "need_conn_est", "uweight",
  "agg_server_status", "agg_server_check_status", "agg_check_status", "srid", "priv_idle_cur",
] as const;

/** Columns of 64 bits, which only grow until the process ends or they are cleared. */
// deno-fmt-ignore -- packed, as the table it is
export const COUNTER_COLUMNS = [
  "stot", "bin", "bout", "dreq", "dresp", "ereq", "econ", "eresp", "wretr", "wredis", "chkfail", "chkdown", "lbtot",
  "check_duration", "hanafail", "req_tot", "cli_abrt", "srv_abrt", "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx",
  "hrsp_5xx", "hrsp_other", "comp_in", "comp_out", "comp_byp", "comp_rsp", "agent_duration", "conn_tot",
  "intercepted", "dcon", "dses", "wrew", "connect", "reuse", "cache_lookups", "cache_hits", "eint", "sess_other",
  "h1sess", "h2sess", "h3sess", "req_other", "h1req", "h2req", "h3req", "reqbin", "reqbout", "resbin", "resbout",
  "cache_hint_hits",
] as const;

/** What a row is about, from its column `type`: 0, 1, 2, 3 in this order. */
export const STAT_KINDS = ["frontend", "backend", "server", "listener"] as const;

/** What a row of `show stat` is about. A name proves nothing: a server may be called `BACKEND`. */
export type StatKind = typeof STAT_KINDS[number];

/** One value of `show stat`; `null` is HAProxy's empty field: it does not apply to this row. */
export type StatValue = string | number | bigint | null;

/**
 * One row of `show stat`: happi's `kind`, and every column that this HAProxy has, by HAProxy's names.
 * Columns that only newer versions or other builds have are absent.
 */
export type StatRow =
  & { kind: StatKind; pxname: string; svname: string; type: number }
  & { [column in Exclude<typeof TEXT_COLUMNS[number], "pxname" | "svname">]?: string | null }
  & { [column in Exclude<typeof GAUGE_COLUMNS[number], "type">]?: number | null }
  & { [column in typeof COUNTER_COLUMNS[number]]?: number | bigint | null }
  & { [column: string]: StatValue };

const TEXT: ReadonlySet<string> = new Set(TEXT_COLUMNS);
const GAUGE: ReadonlySet<string> = new Set(GAUGE_COLUMNS);
const COUNTER: ReadonlySet<string> = new Set(COUNTER_COLUMNS);

/** How the fields of a column are read. `integer_or_text` is for columns that this file does not know. */
export type ColumnType = "text" | "gauge" | "counter" | "integer_or_text";

/**
 * How the fields of a column are read.
 *
 * @param name the column's name in the header
 * @returns its type
 */
export function columnType(name: string): ColumnType {
  if (TEXT.has(name)) return "text";
  if (GAUGE.has(name)) return "gauge";
  return COUNTER.has(name) ? "counter" : "integer_or_text";
}
