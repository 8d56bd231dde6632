/**
 * Asks a PostgreSQL server for its role, over a connection that exists already: the one file that uses the package `postgres`,
 * loaded when the first such check runs.
 */
import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";

/** Who asks. */
export interface PostgresLogin {
  readonly user: string;
  readonly database: string;
  readonly password?: string | undefined;
}

/** What a server says of itself. */
export interface PostgresState {
  readonly role: "primary" | "standby";
  /** How far a standby is behind, in milliseconds; `undefined` where that cannot be known, and on a primary. */
  readonly lagMs: number | undefined;
  /** Whether a standby gets changes as they happen. */
  readonly isStreaming: boolean;
}

/**
 * A standby that has replayed all it received, and goes on receiving, is not behind, however long ago the last change was. One
 * that has just begun to receive has replayed more: it received from the beginning of a segment that it had already.
 * `pg_stat_wal_receiver` shows everybody its row, though not what is in it.
 */
const QUESTION = `
  select pg_is_in_recovery() as is_standby,
    coalesce(pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn(), false) as is_replayed,
    exists (select from pg_stat_wal_receiver) as is_streaming,
    (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::float8 as age_ms`;

/**
 * Asks. A connection is made for each question, as a client would: a server that takes no more of them is ill, too.
 *
 * @param socket connected, without TLS; ended afterwards
 * @param login who asks
 * @param tls how TLS is begun on the socket; without it, none is
 * @throws what the server answers, or the connection ends with
 */
export async function askPostgres(
  socket: Socket,
  login: PostgresLogin,
  tls: ConnectionOptions | undefined,
): Promise<PostgresState> {
  const { default: postgres } = await import("postgres");
  // The option `socket` is in the package's manual and not in its types, which only look closely at an object written in place.
  const options = {
    socket: () => socket,
    // What is not said here is taken from the environment, which is another's: only PGAPPNAME, PGTARGETSESSIONATTRS and, where
    // there is no password, PGPASSWORD are looked at in any case.
    host: "pinned",
    port: 5432,
    user: login.user,
    database: login.database,
    pass: login.password ?? "",
    ssl: tls ?? false,
    sslnegotiation: null,
    debug: false,
    publications: "alltables",
    max_pipeline: 1,
    backoff: false,
    connection: { application_name: "happi" },
    max: 1,
    // The deadline is the socket's.
    connect_timeout: 0,
    idle_timeout: 0,
    max_lifetime: null,
    keep_alive: null,
    prepare: false,
    fetch_types: false,
    onnotice: () => {},
  };
  const sql = postgres(options);
  try {
    const [row] = await sql.unsafe<Row[]>(QUESTION);
    if (row === undefined) throw new Error("the server answered nothing");
    if (!row.is_standby) return { role: "primary", lagMs: undefined, isStreaming: false };
    const lagMs = row.is_replayed && row.is_streaming ? 0 : row.age_ms ?? undefined;
    return { role: "standby", lagMs, isStreaming: row.is_streaming };
  } finally {
    await sql.end({ timeout: 0 });
  }
}

interface Row {
  readonly is_standby: boolean;
  readonly is_replayed: boolean;
  readonly is_streaming: boolean;
  readonly age_ms: number | null;
}
