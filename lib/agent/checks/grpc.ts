/**
 * The check `grpc`: gRPC's health protocol (grpc.health.v1), over TLS or in clear.
 *
 * `SERVING` is up, `NOT_SERVING` is down; everything else is fail: a service that the server does not know, a server without
 * the health protocol, an error.
 */
import { formatAddress } from "../../net/mod.ts";
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import type { Health } from "../reply.ts";
import { connectTarget } from "../target/connect.ts";
import { callGrpc, type GrpcAnswer } from "./grpc/call.ts";
import { decodeHealthResponse, encodeHealthRequest, GRPC_STATUS, SERVING_STATUS } from "./grpc/messages.ts";
import { custom, flag, hostPort, optional, optionHelp, readOptions, required, text } from "./options.ts";
import { readTls, refuseIdleTls, TLS_OPTIONS } from "./tls.ts";

const serviceName = custom<string>(
  'the name of a service, such as "my.package.Service"',
  (value) => typeof value === "string" && /^[\w./-]{0,256}$/.test(value) ? value : undefined,
);

const OPTIONS = {
  address: required(hostPort, "where to connect to: host:port"),
  service: optional(serviceName, "the service that is asked about; default: the server as a whole", ""),
  authority: optional(text(261), "what is sent as :authority, when it is not the address"),
  tls: optional(flag, "whether TLS is spoken", false),
  ...TLS_OPTIONS,
};

/** The kind `grpc`. */
export const GRPC: CheckKind = {
  name: "grpc",
  summary: "gRPC's health protocol: whether a service is SERVING",
  isOnWire: true,
  wireFields: ["address", "service"],
  options: optionHelp(OPTIONS),
  make: makeGrpc,
};

/** What HAProxy is told for each word of the protocol. */
const HEALTH: Readonly<Record<string, Health>> = { SERVING: "up", NOT_SERVING: "down" };

/** What an error of the call itself means here. */
const MEANINGS: Readonly<Record<string, string>> = {
  NOT_FOUND: "the server does not know the service",
  UNIMPLEMENTED: "the server does not have gRPC's health protocol",
};

function makeGrpc(given: CheckOptions, context: CheckContext): Check {
  const { address, service, authority, ...options } = readOptions("grpc", given, OPTIONS, context.origin);
  refuseIdleTls("grpc", options, options.tls);
  const target = formatAddress({ transport: "tcp", hostname: address.host, port: address.port });
  return {
    kind: "grpc",
    target: service === "" ? target : `${target} ${service}`,
    async run(signal) {
      const tls = options.tls ? { ...await readTls(options), alpn: ["h2"] } : undefined;
      const socket = await connectTarget({ ...address, tls }, context, signal);
      const call = {
        path: "/grpc.health.v1.Health/Check",
        authority: authority ?? target,
        isTls: options.tls,
        request: encodeHealthRequest(service),
      };
      return judge(await callGrpc(call, socket, signal));
    },
  };
}

function judge({ status, message, body }: GrpcAnswer): Finding {
  const word = GRPC_STATUS[status] ?? `grpc-status ${status}`;
  if (word !== "OK") {
    const meaning = MEANINGS[word] ?? "the call failed";
    const reason = `${meaning}: ${word}${message === "" ? "" : ` "${message}"`}`;
    return { reply: { health: "fail" }, reason, facts: { grpc_status: word, serving_status: null } };
  }
  const number = decodeHealthResponse(body);
  const serving = number === undefined ? undefined : SERVING_STATUS[number];
  const reason = serving === undefined
    ? "the answer is not one of gRPC's health protocol"
    : `the service is ${serving}`;
  const health = HEALTH[serving ?? ""] ?? "fail";
  return {
    reply: { health },
    reason: health === "up" ? "" : reason,
    facts: { grpc_status: word, serving_status: serving ?? null },
  };
}
