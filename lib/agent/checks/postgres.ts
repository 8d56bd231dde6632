/**
 * The check `postgres`: whether a PostgreSQL server is primary or standby, and how far a standby is behind.
 */
import { formatAddress } from "../../net/mod.ts";
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import { CheckFailed } from "../errors.ts";
import { connectTarget, said, tlsConnection } from "../target/connect.ts";
import { withSignal } from "../target/with_signal.ts";
import {
  duration,
  flag,
  hostPort,
  oneOf,
  optional,
  optionHelp,
  type OptionValues,
  readOptions,
  required,
  text,
} from "./options.ts";
import { askPostgres, type PostgresState } from "./postgres/ask.ts";
import { readTls, refuseIdleTls, TLS_OPTIONS } from "./tls.ts";

const OPTIONS = {
  address: required(hostPort, "where to connect to: host:port"),
  user: required(text(63), "who asks; it needs no rights"),
  password: optional(text(1024), "the user's password"),
  database: optional(text(63), "the database to connect to", "postgres"),
  role: optional(oneOf(["any", "primary", "standby"]), "what the server must be", "any"),
  maxLag: optional(duration(), "how far a standby may be behind"),
  tls: optional(flag, "whether TLS is spoken", false),
  ...TLS_OPTIONS,
};

type Options = OptionValues<typeof OPTIONS>;

/** The kind `postgres`. */
export const POSTGRES: CheckKind = {
  name: "postgres",
  summary: "the role of a PostgreSQL server and its replication lag",
  isOnWire: false,
  wireFields: [],
  options: optionHelp(OPTIONS),
  make: makePostgres,
};

function makePostgres(given: CheckOptions, context: CheckContext): Check {
  const options = readOptions("postgres", given, OPTIONS, context.origin);
  refuseIdleTls("postgres", options, options.tls);
  const { address, user, password, database } = options;
  const target = formatAddress({ transport: "tcp", hostname: address.host, port: address.port });
  return {
    kind: "postgres",
    target,
    async run(signal) {
      const tls = options.tls ? tlsConnection(address.host, await readTls(options)) : undefined;
      const socket = await connectTarget(address, context, signal);
      try {
        return judge(await withSignal(askPostgres(socket, { user, password, database }, tls), signal), options);
      } catch (thrown) {
        const why = signal.aborted ? "no answer in time" : said(thrown);
        throw new CheckFailed(`Cannot ask PostgreSQL at "${target}": ${why}`, thrown);
      } finally {
        socket.destroy();
      }
    },
  };
}

function judge({ role, lagMs, isStreaming }: PostgresState, options: Options): Finding {
  const facts = role === "primary"
    ? { role }
    : { role, lag_ms: lagMs === undefined ? null : Math.round(lagMs), streaming: isStreaming };
  const down = (reason: string): Finding => ({ reply: { health: "down" }, reason, facts });
  if (options.role !== "any" && role !== options.role) return down(`the server is a ${role} and not a ${options.role}`);
  if (role === "standby" && options.maxLag !== undefined) {
    if (lagMs === undefined) return down("the standby has replayed nothing yet");
    if (lagMs > options.maxLag) {
      return down(`the standby is ${(lagMs / 1000).toFixed(1)} s behind${isStreaming ? "" : " and gets no changes"}`);
    }
  }
  return { reply: { health: "up" }, reason: "", facts };
}
