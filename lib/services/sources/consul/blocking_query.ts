/**
 * Consul's blocking queries: a question that is answered when something has changed
 * (https://developer.hashicorp.com/consul/api-docs/features/blocking).
 */
import { type Asker, jsonOf } from "../asker.ts";

/** What is known, and what is new. */
export interface BlockingAnswer {
  readonly json: unknown;
  /** To be sent with the next question; `undefined` where the server does not block. */
  readonly index: bigint | undefined;
  /** Whether it is another index than what was known. */
  readonly hasChanged: boolean;
}

/** Beyond its own limit a server takes up to a sixteenth more, so that not all clients come back at once. */
const GRACE_MS = 10_000;

/**
 * Asks once.
 *
 * @param asker asks
 * @param url the question without `index` and `wait`
 * @param headers such as the token
 * @param known the index of the last answer; the first question does not block
 * @param waitMs how long the server waits for a change, in milliseconds
 * @param signal ends it
 * @throws {SourceFailed} when there is no answer
 */
export async function blockingQuery(
  asker: Asker,
  url: URL,
  headers: Readonly<Record<string, string>>,
  known: bigint | undefined,
  waitMs: number,
  signal: AbortSignal,
): Promise<BlockingAnswer> {
  const asked = new URL(url);
  if (known !== undefined) {
    asked.searchParams.set("index", String(known));
    asked.searchParams.set("wait", `${waitMs}ms`);
  }
  const timeoutMs = waitMs + waitMs / 16 + GRACE_MS;
  const answer = await asker.ask({ url: asked, headers, timeoutMs }, signal);
  const json = jsonOf(answer, url);
  const given = answer.headers.get("x-consul-index");
  const index = given !== null && /^\d{1,20}$/.test(given) ? BigInt(given) : undefined;
  return { json, index: nextIndex(known, index), hasChanged: index === undefined || index !== known };
}

/**
 * The index for the next question.
 *
 * @param known what was sent
 * @param given what came back
 * @returns 1 for one of 0, which would never block; `undefined` after one that went back, as after a restored snapshot:
 * the next question must not block then
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nextIndex } from "./blocking_query.ts";
 * assert.deepEqual([nextIndex(5n, 9n), nextIndex(undefined, 0n), nextIndex(9n, 5n)], [9n, 1n, undefined]);
 * ```
 */
export function nextIndex(known: bigint | undefined, given: bigint | undefined): bigint | undefined {
  if (given === undefined || known !== undefined && given < known) return undefined;
  return given < 1n ? 1n : given;
}
