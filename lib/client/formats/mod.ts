/**
 * Parsers of HAProxy's answers: pure functions from the text of one answer to data, one file a format. They do no input or
 * output; an answer whose shape is not proven raises {@linkcode UnexpectedAnswer} with the raw text.
 *
 * @module
 */

export * from "./errors.ts";
export * from "./number.ts";
export * from "./csv.ts";
export * from "./stat_columns.ts";
export * from "./stat.ts";
export * from "./stat_json.ts";
export * from "./typed_tags.ts";
export * from "./typed.ts";
export * from "./info.ts";
export * from "./server_enums.ts";
export * from "./servers_state.ts";
export * from "./servers_conn.ts";
export * from "./backend.ts";
export * from "./weight.ts";
export * from "./sessions.ts";
export * from "./table_key.ts";
export * from "./table.ts";
export * from "./pattern_list.ts";
export * from "./pattern_lookup.ts";
export * from "./map.ts";
export * from "./events.ts";
export * from "./errors_captured.ts";

export type { CertificateFields, ChainLink } from "./certificate_fields.ts";
export type { TransactionList } from "./transaction_list.ts";
export * from "./ssl_cert.ts";
export * from "./ssl_ca.ts";
export * from "./ssl_crl.ts";
export * from "./crt_list.ts";
export * from "./ssl_sni.ts";
export * from "./ssl_ocsp.ts";
export * from "./ssl_providers.ts";
export * from "./tls_keys.ts";
export * from "./jwt.ts";
export * from "./acme.ts";
export * from "./outcome.ts";
export * from "./proc.ts";
export * from "./reload.ts";
export { parseStartupLogs, type StartupLog } from "./startup_logs.ts";
export * from "./help.ts";
export * from "./version.ts";
export * from "./peers.ts";
export * from "./resolvers.ts";
export * from "./pools.ts";
export * from "./activity.ts";
export * from "./threads.ts";
export * from "./cache.ts";
export * from "./env.ts";
export * from "./variable.ts";
export { parseTasks, type TaskRow, type Tasks } from "./tasks.ts";
export * from "./profiling.ts";
export * from "./fd.ts";
export * from "./libs.ts";
export * from "./dev.ts";
export * from "./cli_sockets.ts";
export * from "./cli_level.ts";
export * from "./trace.ts";
export * from "./event_sinks.ts";
export * from "./anon.ts";
export * from "./debug_counters.ts";
export * from "./stats_file.ts";
