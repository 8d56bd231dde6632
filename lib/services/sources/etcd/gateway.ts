/**
 * etcd's v3 API as JSON over HTTP (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/): keys and values are base64,
 * numbers are texts, and a watch is a line of JSON for each message.
 */
import { type Answer, type Asker, jsonOf, targetOf } from "../asker.ts";
import { SourceFailed } from "../errors.ts";

/** A key with its value, or without when it was deleted. */
export interface EtcdChange {
  readonly key: string;
  readonly value: string | undefined;
}

/** All keys of a prefix, as of a revision. */
export interface EtcdKeys {
  readonly revision: bigint;
  readonly keys: readonly EtcdChange[];
}

/** One etcd, of one or several addresses. */
export interface EtcdMember {
  readonly asker: Asker;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** A line of a watch may have so many characters; etcd takes requests of 1.5 MiB. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Reads all keys that begin with a prefix.
 *
 * @throws {SourceFailed} when there is no answer
 */
export async function readKeys(member: EtcdMember, prefix: string, signal: AbortSignal): Promise<EtcdKeys> {
  const answer = record(await post(member, "kv/range", rangeOf(prefix), signal));
  const revision = revisionOf(answer["header"]);
  if (revision === undefined) throw new SourceFailed(targetOf(member.url), "its answer has no revision");
  const kvs: readonly unknown[] = Array.isArray(answer["kvs"]) ? answer["kvs"] : [];
  return { revision, keys: kvs.map((kv) => keyOf(kv, false)) };
}

/**
 * Follows the keys that begin with a prefix, from a revision on.
 *
 * @returns an end means that they have to be read again: the connection or the watch has ended, or the revision was compacted
 * @throws {SourceFailed} when it cannot be followed
 */
export async function* watchKeys(
  member: EtcdMember,
  prefix: string,
  revision: bigint,
  signal: AbortSignal,
): AsyncGenerator<readonly EtcdChange[], void> {
  const { asker, url, headers } = member;
  const json = { create_request: { ...rangeOf(prefix), start_revision: String(revision) } };
  const response = await asker.open({ url: pathOf(url, "watch"), headers, json }, signal);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new SourceFailed(targetOf(url), `it answered ${response.status} when it was to be watched`);
  }
  for await (const line of linesOf(response, targetOf(url))) {
    const message = record(JSON.parse(line));
    const result = record(message["result"]);
    if (message["error"] !== undefined) throw new SourceFailed(targetOf(url), wordsOf(message["error"]));
    if (result["canceled"] === true) {
      // The changes are gone: etcd cancels, and says which is the first revision that it has.
      if (result["compact_revision"] !== undefined) return;
      throw new SourceFailed(targetOf(url), `it watches no longer: ${String(result["cancel_reason"] ?? "no reason")}`);
    }
    const events: readonly unknown[] = Array.isArray(result["events"]) ? result["events"] : [];
    yield events.map((event) => keyOf(record(event)["kv"], record(event)["type"] === "DELETE"));
  }
}

/**
 * Logs in.
 *
 * @returns the token that is sent as `Authorization`
 * @throws {SourceFailed} when the password is wrong
 */
export async function logIn(member: EtcdMember, user: string, password: string, signal: AbortSignal): Promise<string> {
  const { token } = record(await post(member, "auth/authenticate", { name: user, password }, signal));
  if (typeof token !== "string") throw new SourceFailed(targetOf(member.url), "its answer has no token");
  return token;
}

async function post({ asker, url, headers }: EtcdMember, path: string, json: unknown, signal: AbortSignal) {
  const answer: Answer = await asker.ask({ url: pathOf(url, path), headers, json }, signal);
  if (answer.status === 200) return jsonOf(answer, url);
  throw new SourceFailed(targetOf(url), `it answered ${answer.status} "${wordsOf(answer.text)}"`);
}

function pathOf(url: URL, path: string): URL {
  return new URL(`${url.href.replace(/\/$/, "")}/v3/${path}`);
}

/** From the prefix to the first key that does not begin with it: the same with its last byte one higher. */
function rangeOf(prefix: string): { readonly key: string; readonly range_end: string } {
  const key = new TextEncoder().encode(prefix);
  const end = key.slice();
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return { key: key.toBase64(), range_end: end.toBase64() };
}

function keyOf(kv: unknown, isDeleted: boolean): EtcdChange {
  const { key, value } = record(kv);
  return { key: decode(key), value: isDeleted ? undefined : decode(value) };
}

function decode(base64: unknown): string {
  return typeof base64 === "string" ? new TextDecoder().decode(Uint8Array.fromBase64(base64)) : "";
}

function revisionOf(header: unknown): bigint | undefined {
  const { revision } = record(header);
  return typeof revision === "string" && /^\d{1,19}$/.test(revision) ? BigInt(revision) : undefined;
}

/** What the gateway says of an error: an object in one version, within another in the next. */
function wordsOf(error: unknown): string {
  if (typeof error !== "string") {
    const { message, error: inner } = record(error);
    return String(message ?? inner ?? "unknown error");
  }
  try {
    return wordsOf(JSON.parse(error));
  } catch {
    return error.trim().slice(0, 200);
  }
}

async function* linesOf(response: Response, target: string): AsyncGenerator<string> {
  let rest = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) throw new SourceFailed(target, "a message of its watch is too long");
    yield* lines.filter((line) => line !== "");
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
