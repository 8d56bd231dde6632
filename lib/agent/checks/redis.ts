/**
 * The check `redis`: whether a Redis (or Valkey, KeyDB) server is master or replica, and whether a replica keeps up.
 *
 * How far a replica is behind is how long ago it heard of its master. A master with nothing to say speaks every ten seconds
 * (`repl-ping-replica-period`): a smaller `max_lag` makes replicas of an idle master go down.
 */
import { formatAddress } from "../../net/mod.ts";
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import { CheckFailed } from "../errors.ts";
import { said, tlsConnection } from "../target/connect.ts";
import { withSignal } from "../target/with_signal.ts";
import {
  configOnly,
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
import { askRedis } from "./redis/ask.ts";
import { parseReplication, type Replication } from "./redis/replication.ts";
import { readTls, refuseIdleTls, TLS_OPTIONS } from "./tls.ts";

const OPTIONS = {
  address: required(hostPort, "where to connect to: host:port"),
  role: optional(oneOf(["any", "master", "replica"]), "what the server must be", "any"),
  maxLag: optional(duration(), "how long ago a replica may have heard of its master; not below 10s"),
  user: configOnly(optional(text(256), "who asks (Redis 6 and later)")),
  password: configOnly(optional(text(1024), "the user's password, or the server's")),
  tls: optional(flag, "whether TLS is spoken", false),
  ...TLS_OPTIONS,
};

type Options = OptionValues<typeof OPTIONS>;

/** The kind `redis`. */
export const REDIS: CheckKind = {
  name: "redis",
  summary: "the role of a Redis server and its replication lag",
  isOnWire: true,
  wireFields: ["address"],
  options: optionHelp(OPTIONS),
  make: makeRedis,
};

function makeRedis(given: CheckOptions, context: CheckContext): Check {
  const options = readOptions("redis", given, OPTIONS, context.origin);
  refuseIdleTls("redis", options, options.tls);
  const { host, port } = options.address;
  const target = formatAddress({ transport: "tcp", hostname: host, port });
  return {
    kind: "redis",
    target,
    async run(signal) {
      const { user, password } = options;
      const tls = options.tls ? tlsConnection(host, await readTls(options)) : undefined;
      const addresses = await context.guard.resolveAll(host, port, context.origin, signal);
      // The end of the run is the end of its connection, however it ends.
      const ended = new AbortController();
      try {
        const socketSignal = AbortSignal.any([signal, ended.signal]);
        const info = await withSignal(askRedis({ addresses, user, password, tls }, socketSignal), signal);
        const replication = parseReplication(info);
        if (replication === undefined) throw new Error("it does not say what its role is");
        return judge(replication, options);
      } catch (thrown) {
        const why = signal.aborted ? "no answer in time" : said(thrown);
        throw new CheckFailed(`Cannot ask Redis at "${target}": ${why}`, thrown);
      } finally {
        ended.abort();
      }
    },
  };
}

function judge({ role, isLinked, isSyncing, silentMs, replicas }: Replication, options: Options): Finding {
  const facts = role === "master"
    ? { role, replicas }
    : { role, linked: isLinked, syncing: isSyncing, lag_ms: silentMs ?? null };
  const down = (reason: string): Finding => ({ reply: { health: "down" }, reason, facts });
  if (options.role !== "any" && role !== options.role) return down(`the server is a ${role} and not a ${options.role}`);
  if (role === "replica" && isSyncing) return down("the replica is being given all data anew");
  if (role === "replica" && options.maxLag !== undefined) {
    if (silentMs === undefined) return down("the replica has never heard of its master");
    if (silentMs > options.maxLag) return down(`the replica heard of its master ${silentMs / 1000} s ago`);
  }
  return { reply: { health: "up" }, reason: "", facts };
}
