/**
 * How routes answer: JSON of their own, or shared with whoever asks for the same.
 */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Client } from "../client/mod.ts";
import type { Backing, ServerEnv } from "./env.ts";
import { toJson } from "./json.ts";

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

/** Answers with data as JSON. */
export function answerJson(c: Context<ServerEnv>, data: unknown, status: ContentfulStatusCode = 200): Response {
  return c.body(toJson(data), status, JSON_TYPE);
}

/**
 * Answers with JSON that identical requests share: one command to HAProxy, one serialization.
 *
 * @param c the request
 * @param reads the shared reads
 * @param key what makes two requests identical: the route's name and everything that its answer depends on
 * @param read asks HAProxy and gives the JSON text; {@linkcode asJson} makes one of data
 */
export async function answerShared(
  c: Context<ServerEnv>,
  reads: Backing["reads"],
  key: readonly unknown[],
  read: (client: Client) => Promise<string>,
): Promise<Response> {
  const bytes = await reads.bytes(JSON.stringify(key), read);
  // The length is told by itself: a HEAD has it without the body.
  const headers = { ...JSON_TYPE, "content-length": String(bytes.length) };
  return c.body(bytes.length <= LARGE ? bytes : inPieces(bytes), 200, headers);
}

/** Answers beyond this many bytes are given out in pieces of it: Deno would copy them whole for each reader. */
const LARGE = 256 * 1024;

/** The bytes as a stream, which goes as fast as its reader. */
function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at += LARGE));
      if (at >= bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
}

/** A shared read out of a method of the client. */
export function asJson<T>(read: (client: Client) => Promise<T>): (client: Client) => Promise<string> {
  return async (client) => toJson(await read(client));
}
