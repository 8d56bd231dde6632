/**
 * The check `tcp`: whether a connection can be made, with TLS where wanted, and whether the other side says what it should.
 *
 * What is sent is the configuration's only: a request on the wire that could send bytes to any service of the network could
 * have it do anything.
 */
import type { Socket } from "node:net";
import { formatAddress } from "../../net/mod.ts";
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../check.ts";
import { CheckFailed } from "../errors.ts";
import { connectTarget } from "../target/connect.ts";
import { type Expectation, EXPECTATION_OPTIONS, isExpecting, missingIn } from "./expectation.ts";
import { configOnly, custom, flag, hostPort, optional, optionHelp, readOptions, required } from "./options.ts";
import { unescapeBytes } from "./tcp/escapes.ts";
import { readTls, refuseIdleTls, TLS_OPTIONS } from "./tls.ts";

/** Of an answer so much is looked at. */
const MOST_BYTES = 16 * 1024;

const bytes = custom<Uint8Array>(
  "a text of up to 4096 characters with escapes \\r, \\n, \\t, \\0, \\\\ and \\xHH",
  (value) => typeof value === "string" && value.length <= 4096 ? unescapeBytes(value) : undefined,
);

const OPTIONS = {
  address: required(hostPort, "where to connect to: host:port"),
  send: configOnly(optional(bytes, "what is sent after connecting, with escapes such as \\r\\n and \\x00")),
  ...EXPECTATION_OPTIONS,
  tls: optional(flag, "whether TLS is spoken", false),
  ...TLS_OPTIONS,
};

/** The kind `tcp`. */
export const TCP: CheckKind = {
  name: "tcp",
  summary: "a TCP connection: whether it can be made, and what is said on it",
  isOnWire: true,
  wireFields: ["address"],
  options: optionHelp(OPTIONS),
  make: makeTcp,
};

function makeTcp(given: CheckOptions, context: CheckContext): Check {
  const options = readOptions("tcp", given, OPTIONS, context.origin);
  refuseIdleTls("tcp", options, options.tls);
  const { host, port } = options.address;
  return {
    kind: "tcp",
    target: formatAddress({ transport: "tcp", hostname: host, port }),
    async run(signal): Promise<Finding> {
      const tls = options.tls ? await readTls(options) : undefined;
      const socket = await connectTarget({ host, port, tls }, context, signal);
      try {
        if (options.send !== undefined) socket.write(options.send);
        const wrong = isExpecting(options) ? await listen(socket, options, signal) : undefined;
        return { reply: { health: wrong === undefined ? "up" : "down" }, reason: wrong ?? "" };
      } finally {
        socket.destroy();
      }
    },
  };
}

/** Reads until what is expected has come; gives what is wrong. */
async function listen(socket: Socket, expectation: Expectation, signal: AbortSignal): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let length = 0;
  let said = "";
  let missing = missingIn("", expectation);
  try {
    for await (const chunk of socket) {
      length += chunk.length;
      said += decoder.decode(chunk, { stream: true });
      missing = missingIn(said, expectation);
      if (missing === undefined) return undefined;
      if (length >= MOST_BYTES) return `${missing} in the first ${length} bytes of the answer`;
    }
  } catch (thrown) {
    // A connection that the other side has reset is at its end, too; one that the signal has ended says nothing of the target.
    if (!signal.aborted && said === "") {
      throw new CheckFailed("the connection was reset before anything was said", thrown);
    }
  }
  const shown = said === "" ? "nothing was said" : `it said ${JSON.stringify(said.slice(0, 80))}`;
  if (signal.aborted) throw new CheckFailed(`${missing} in time: ${shown}`);
  return `${missing} in the answer: ${shown}`;
}
