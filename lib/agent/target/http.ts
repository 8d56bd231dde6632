/**
 * One HTTP/1.1 request to a target, to an address that the guard has looked at. Redirects are not followed.
 */
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { CheckFailed } from "../errors.ts";
import { connectTarget, said, type TargetContext, type TlsOptions } from "./connect.ts";
import { withSignal } from "./with_signal.ts";

/** What to ask. */
export interface HttpQuestion {
  /** `http:` or `https:`; a name and a password in it are not sent. */
  readonly url: URL;
  /** Default `GET`. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Host header; default: the URL's host, with its port where that is not the usual one. */
  readonly host?: string | undefined;
  readonly body?: string;
  /** For `https:`. */
  readonly tls?: TlsOptions | undefined;
  /** How long the answer's body may be; default 1 MiB. */
  readonly maxBodyBytes?: number;
}

/** What was answered. */
export interface HttpAnswer {
  readonly status: number;
  /** In the server's words: `Not Found`; may be empty. */
  readonly statusText: string;
  /** Names in small letters; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Asks, over a connection of its own that is gone afterwards.
 *
 * @param question what to ask
 * @param context whose guard looks at the target, and who named it
 * @param signal ends it
 * @throws {TargetRefused} when the target may not be connected to
 * @throws {CheckFailed} when there is no whole answer, or one with a body that is too long
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TargetGuard } from "./guard.ts";
 * import { askHttp } from "./http.ts";
 * await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("fine"));
 * const url = new URL(`http://127.0.0.1:${server.addr.port}/health`);
 * const context = { guard: new TargetGuard(), origin: "wire" } as const;
 * const { status, body } = await askHttp({ url }, context, new AbortController().signal);
 * assert.deepEqual([status, body], [200, "fine"]);
 * ```
 */
export async function askHttp(
  question: HttpQuestion,
  context: TargetContext,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { url, tls, maxBodyBytes = DEFAULT_MAX_BODY } = question;
  const isTls = url.protocol === "https:";
  const endpoint = { host: url.hostname, port: portOf(url), tls: isTls ? tls ?? {} : undefined };
  const socket = await connectTarget(endpoint, context, signal);
  try {
    const response = await withSignal(answered(question, socket), signal);
    const body = await withSignal(bodyOf(response, maxBodyBytes), signal);
    const { statusCode = 0, statusMessage = "" } = response;
    return { status: statusCode, statusText: statusMessage, headers: joined(response.headers), body };
  } catch (error) {
    if (error instanceof CheckFailed) throw error;
    const why = signal.aborted ? "no answer in time" : words(error);
    throw new CheckFailed(`Cannot ask "${url.host}": ${why}`, error);
  } finally {
    socket.destroy();
  }
}

/**
 * Reads the URL of a target.
 *
 * @returns `undefined` when it is no http or https URL, or has a name and a password, which could pass for the host
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTargetUrl } from "./http.ts";
 * assert.equal(parseTargetUrl("http://[::1]:8888")?.hostname, "[::1]");
 * assert.equal(parseTargetUrl("http://10.0.0.1@evil.example/"), undefined);
 * assert.equal(parseTargetUrl("file:///etc/passwd"), undefined);
 * ```
 */
export function parseTargetUrl(text: string): URL | undefined {
  // The URL reader drops line breaks and reads `\` as `/`; what needs that was not written by an honest hand.
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === "" && url.password === "" && url.port !== "0" ? url : undefined;
}

const DEFAULT_MAX_BODY = 1024 * 1024;
/** Of `100 Continue`, `103 Early Hints` and the like. */
const MOST_NOTICES = 16;

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function answered(question: HttpQuestion, socket: Socket): Promise<IncomingMessage> {
  const { url, method = "GET", headers = {}, host = url.host, body } = question;
  return new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        "user-agent": "happi",
        // What is compressed is not read.
        "accept-encoding": "identity",
        ...headers,
        host,
        ...(body === undefined ? {} : { "content-length": new TextEncoder().encode(body).length }),
      },
    });
    asked.on("response", resolve);
    asked.on("error", reject);
    let notices = 0;
    asked.on("information", () => {
      if (++notices > MOST_NOTICES) asked.destroy(new Error("it gives notice after notice and no answer"));
    });
    // Without a listener, node leaves a connection that switches protocols without an answer.
    asked.on("upgrade", () => reject(new Error("it switched to another protocol")));
    asked.end(body);
  });
}

async function bodyOf(response: IncomingMessage, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > most) throw new Error(`its answer has more than ${most} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const]
  );
  return Object.fromEntries(entries);
}

/** What went wrong while it answered. */
function words(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("HPE_HEADER_OVERFLOW")) return "its answer's headers are too long";
  if (code.startsWith("HPE_")) return "its answer is no HTTP";
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") return "the connection ended within its answer";
  return said(error);
}
