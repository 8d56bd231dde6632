/**
 * The Runtime API of HAProxy as typed methods: {@linkcode Client}, the table of its methods for callers that only know
 * them at run time, the data that they give, and the parsers of HAProxy's answers.
 *
 * @module
 */
export { HappiError } from "../errors.ts";
export {
  type Answer,
  AnswerTooLarge,
  cli,
  type CliMode,
  type CliValue,
  CommandForbidden,
  CommandRefused,
  ConnectionLost,
  InvalidCommand,
  type MasterTarget,
  NoSocket,
  NotASocket,
  NotHaproxy,
  type SendOptions,
  Socket,
  SocketClosed,
  SocketError,
  SocketForbidden,
  type SocketOptions,
  SocketTimeout,
  type TimeoutStep,
  UnknownCommand,
} from "../socket/mod.ts";
export { Client } from "./client.ts";
export { type CallOptions } from "./caller.ts";
export * from "./errors.ts";
export { findMethod, METHODS, type Methods, toSnakeCase } from "./methods.ts";
export { bindNamed } from "./binding.ts";
export type { AnyMethod, Caller, CommandMethod, FollowMethod, Method, Row, Rows, RunMethod } from "./method.ts";
export { type Field, type Parameter } from "./parameter.ts";
export type { MapPair, TableFilter } from "./parameter_lists.ts";

export type { AclMethods } from "./families/acls.ts";
export type { AcmeMethods } from "./families/acme.ts";
export type { AddBackendOptions, BackendMethods } from "./families/backends.ts";
export type { CaFileMethods, GetCaFileOptions } from "./families/ca_files.ts";
export type { CacheMethods, GetCacheOptions } from "./families/caches.ts";
export type { CertificateMethods, GetCertificateOptions } from "./families/certificates.ts";
export type { CliMethods } from "./families/cli.ts";
export type { CrlFileMethods, GetCrlFileOptions } from "./families/crl_files.ts";
export type { AddToCrtListOptions, CrtListMethods } from "./families/crt_lists.ts";
export type { DebuggingMethods, GetFileDescriptorsOptions, GetPoolsOptions } from "./families/debugging.ts";
export type { Drained, DrainMethods, DrainOptions } from "./families/drain.ts";
export type {
  AddServerOptions,
  DeletedServer,
  DeleteServerOptions,
  DynamicServerMethods,
} from "./families/dynamic_servers.ts";
export type { ErrorFilter, EventMethods, FollowEventsOptions } from "./families/events.ts";
export type { FrontendMethods, SetFrontendMaxconnOptions } from "./families/frontends.ts";
export type { InfoMethods, InfoOptions, InfoTypedOptions } from "./families/info.ts";
export type { LimitMethods, RateLimit } from "./families/limits.ts";
export type { MapMethods, PatternVersion } from "./families/maps.ts";
export type { MasterMethods, ReloadOptions } from "./families/master.ts";
export type { OcspMethods } from "./families/ocsp.ts";
export type { EntriesAdded, EntriesReplaced, EntryRefused } from "./families/pattern_batch.ts";
export type { GetPeersOptions, PeerMethods } from "./families/peers.ts";
export type {
  GetDebugCountersOptions,
  GetProfilingOptions,
  ProfilerState,
  ProfilingMethods,
} from "./families/profiling.ts";
export type { ResolverMethods } from "./families/resolvers.ts";
export type { ServerCheckMethods } from "./families/server_checks.ts";
export type { ServerMethods } from "./families/servers.ts";
export type { SessionDetailFilter, SessionFilter, SessionMethods } from "./families/sessions.ts";
export type { CertificateExpiry, CertificateExpiryOptions, GetSniOptions, SniMethods } from "./families/sni.ts";
export type { ClearCountersOptions, StatFilter, StatMethods, StatTypedFilter } from "./families/stat.ts";
export type { StatsFileMethods } from "./families/stats_file.ts";
export type { ClearTableSelection, TableMethods, TableSelection } from "./families/tables.ts";
export type { TlsMethods } from "./families/tls.ts";
export type { TraceMethods, TraceSetting } from "./families/traces.ts";
export type { VariableMethods } from "./families/variables.ts";

export { type AcmeStatus, parseAcmeStatus } from "./formats/acme.ts";
export { type Activity, type ActivityCounter, parseActivity } from "./formats/activity.ts";
export { type AnonymizedMode, parseAnonymizedMode } from "./formats/anon.ts";
export { parseBackends } from "./formats/backend.ts";
export { type Cache, type CacheEntry, parseCaches } from "./formats/cache.ts";
export { type CertificateFields, type ChainLink } from "./formats/certificate_fields.ts";
export { type CliLevel, parseCliLevel } from "./formats/cli_level.ts";
export { type CliSocket, parseCliSockets } from "./formats/cli_sockets.ts";
export { type CrtList, type CrtListEntry, parseCrtList, parseCrtLists } from "./formats/crt_list.ts";
export { type DebugCounter, parseDebugCounters } from "./formats/debug_counters.ts";
export { type DevInfo, type DevSection, parseDevInfo } from "./formats/dev.ts";
export { type EnvironmentVariable, parseEnvironment, parseEnvironmentValue } from "./formats/env.ts";
export { UnexpectedAnswer } from "./formats/errors.ts";
export { type CapturedError, type CapturedErrors, parseErrors } from "./formats/errors_captured.ts";
export { type EventSink, parseEventSinks } from "./formats/event_sinks.ts";
export { parseEvent, parseEvents, type RingEvent } from "./formats/events.ts";
export { type FileDescriptor, parseFileDescriptors } from "./formats/fd.ts";
export { type Capability, parseHelp } from "./formats/help.ts";
export { type Info, type InfoNumber, parseInfo } from "./formats/info.ts";
export { parseJwtCertificates } from "./formats/jwt.ts";
export { type Library, parseLibraries } from "./formats/libs.ts";
export { type AclEntry, type MapEntry, parseAclEntries, parseMapEntries, parseNewVersion } from "./formats/map.ts";
export { judgeAnswer, type Outcome } from "./formats/outcome.ts";
export { parseAcls, parseMaps, type PatternList } from "./formats/pattern_list.ts";
export { parseAclLookup, parseMapLookup, type PatternLookup } from "./formats/pattern_lookup.ts";
export { parsePeers, type Peer, type PeersSection } from "./formats/peers.ts";
export { parsePools, type Pool, type Pools, type PoolUser } from "./formats/pools.ts";
export { parseProcesses, type Process, type Processes, servingWorker } from "./formats/proc.ts";
export { parseProfiling, type ProfilerStatus, type Profiling } from "./formats/profiling.ts";
export { parseReload, type Reload } from "./formats/reload.ts";
export { type Nameserver, parseResolvers, parseResolversStat, type Resolvers } from "./formats/resolvers.ts";
export {
  type AdminState,
  adminStates,
  CHECK_RESULTS,
  type CheckResult,
  type CheckState,
  checkStates,
  OP_STATES,
  type OpState,
} from "./formats/server_enums.ts";
export { parseServersConn, type ServerConnections } from "./formats/servers_conn.ts";
export {
  type NAME_COLUMNS,
  type NUMBER_COLUMNS,
  type OPTIONAL_COLUMNS,
  parseServersState,
  type RequiredNumber,
  type ServersState,
  type ServerState,
} from "./formats/servers_state.ts";
export { parseSession, parseSessions, type Session, type SessionDetail } from "./formats/sessions.ts";
export {
  type CaCertificate,
  type CaFile,
  type CaFileList,
  type CaFileName,
  parseCaFile,
  parseCaFiles,
} from "./formats/ssl_ca.ts";
export { type Certificate, parseCertificate, parseCertificates } from "./formats/ssl_cert.ts";
export {
  type CrlFile,
  parseCrlFile,
  parseCrlFiles,
  type RevocationList,
  type RevokedCertificate,
} from "./formats/ssl_crl.ts";
export {
  type OcspResponse,
  type OcspResponseId,
  type OcspUpdate,
  parseOcspBase64,
  parseOcspResponse,
  parseOcspResponses,
  parseOcspUpdates,
} from "./formats/ssl_ocsp.ts";
export { parseSslProviders } from "./formats/ssl_providers.ts";
export { parseSni, type SniEntry } from "./formats/ssl_sni.ts";
export { parseStartupLogs, type StartupLog } from "./formats/startup_logs.ts";
export { parseStat } from "./formats/stat.ts";
export {
  COUNTER_COLUMNS,
  GAUGE_COLUMNS,
  STAT_KINDS,
  type StatKind,
  type StatRow,
  type StatValue,
  TEXT_COLUMNS,
} from "./formats/stat_columns.ts";
export { stringifyStat } from "./formats/stat_json.ts";
export { parseStatsFile, type StatsFileRow, type StatsFileSection } from "./formats/stats_file.ts";
export { parseTable, parseTables, type Table, type TableEntry, type TableInfo } from "./formats/table.ts";
export { parseTasks, type TaskRow, type Tasks } from "./formats/tasks.ts";
export { parseThreads, type Thread } from "./formats/threads.ts";
export { parseTlsKeyFiles, parseTlsKeys, type TlsKeyFile, type TlsKeys } from "./formats/tls_keys.ts";
export {
  parseTraceSources,
  parseTraceStatus,
  type TraceEvent,
  type TraceSource,
  type TraceStatus,
} from "./formats/trace.ts";
export { type TransactionList } from "./formats/transaction_list.ts";
export { parseTypedInfo, parseTypedStat, type TypedField, type TypedStat } from "./formats/typed.ts";
export { type NATURES, type ORIGINS, type PERSISTENCES, type SCOPES, type TypedTags } from "./formats/typed_tags.ts";
export { parseVariable, type Variable } from "./formats/variable.ts";
export { type Branch, compareBranch, parseVersion, type Version } from "./formats/version.ts";
export { parseWeight, type Weight } from "./formats/weight.ts";
