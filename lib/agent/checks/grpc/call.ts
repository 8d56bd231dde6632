/**
 * One unary gRPC call over a connection that exists already ("gRPC over HTTP2").
 */
import { connect, type IncomingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import { reason } from "../../../errors.ts";
import { CheckFailed } from "../../errors.ts";

/** What to call. */
export interface GrpcCall {
  /** `/grpc.health.v1.Health/Check`. */
  readonly path: string;
  /** Host and port for `:authority`. */
  readonly authority: string;
  readonly isTls: boolean;
  /** The framed request. */
  readonly request: Uint8Array;
}

/** What came back. */
export interface GrpcAnswer {
  /** The number of `grpc-status`. */
  readonly status: number;
  /** `grpc-message`, decoded. */
  readonly message: string;
  /** The framed answer. */
  readonly body: Uint8Array;
}

/** A health answer has 7 bytes. */
const MOST_BYTES = 4096;

/**
 * Calls.
 *
 * @param call what
 * @param socket connected, TLS done; it is destroyed afterwards
 * @param signal ends it
 * @throws {CheckFailed} when there is no whole answer in gRPC's manner
 */
export async function callGrpc(call: GrpcCall, socket: Socket, signal: AbortSignal): Promise<GrpcAnswer> {
  const scheme = call.isTls ? "https" : "http";
  const session = connect(`${scheme}://${call.authority}`, { createConnection: () => socket });
  const { promise, resolve, reject } = Promise.withResolvers<GrpcAnswer>();
  const fail = (why: string, cause?: unknown) => reject(new CheckFailed(why, cause));
  const onAbort = () => fail("there was no answer in time");
  signal.addEventListener("abort", onAbort, { once: true });
  session.on("error", (thrown: unknown) => fail(`the other side does not speak HTTP/2: ${reason(thrown)}`, thrown));
  session.on("close", () => fail("the connection was closed before there was an answer"));
  try {
    const stream = session.request({
      ":method": "POST",
      ":scheme": scheme,
      ":path": call.path,
      ":authority": call.authority,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on("response", (received) => headers = received);
    stream.on("trailers", (received) => trailers = received);
    stream.on("data", (chunk: Uint8Array) => {
      length += chunk.length;
      if (length > MOST_BYTES) fail("the answer is too long for one of gRPC's health protocol");
      else chunks.push(chunk);
    });
    stream.on("error", (thrown: unknown) => fail(`the call was cut off: ${reason(thrown)}`, thrown));
    stream.on("close", () => {
      const answer = readAnswer(headers, trailers, joined(chunks, length));
      if (typeof answer === "string") fail(answer);
      else resolve(answer);
    });
    stream.end(call.request);
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
    session.destroy();
    socket.destroy();
  }
}

/** The answer, or what is wrong with it. An error may come with headers alone, which are then the trailers as well. */
function readAnswer(
  headers: IncomingHttpHeaders,
  trailers: IncomingHttpHeaders,
  body: Uint8Array,
): GrpcAnswer | string {
  const status = trailers["grpc-status"] ?? headers["grpc-status"];
  const message = trailers["grpc-message"] ?? headers["grpc-message"] ?? "";
  if (status === undefined) {
    const code = headers[":status"];
    return code === undefined ? "there was no answer" : `the other side does not speak gRPC: HTTP status ${code}`;
  }
  return { status: Number(status), message: decodeMessage(String(message)), body };
}

/** `grpc-message` is percent-encoded UTF-8; what is not, is shown as it is. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
