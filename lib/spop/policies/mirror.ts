/**
 * Sends a copy of each request to another place: method, path, headers, and the body where HAProxy sends it. Nobody waits for
 * it: the verdict is empty and leaves at once, and what the other place answers is thrown away.
 *
 * Copies wait in a queue with an end; when it is full, the new one is dropped and counted.
 */
import { bytesOf, headersOf, textOf } from "./argument_values.ts";
import { type Copy, mirroredHeaders, mirroredUrl } from "./mirror/copy.ts";
import { checkOptions, event, flag, given, integer, list, number, text, word } from "./option_checks.ts";
import {
  InvalidPolicy,
  type MessageSpec,
  type Policy,
  type PolicyMessage,
  type SpoeEvent,
  type VariableSpec,
} from "./policy.ts";
import { type Outside, REAL_OUTSIDE } from "./sources/outside.ts";

/** Where copies go, and how many. */
export interface MirrorOptions {
  /** The policy's name, `mirror` if not said. */
  readonly name?: string;
  /** The message's name, `mirror-request` if not said. */
  readonly message?: string;
  /** When HAProxy sends it, `on-frontend-http-request` if not said. */
  readonly event?: SpoeEvent;
  /** Where copies go: the request's path and query are put behind it. */
  readonly url: string;
  /** Whether HAProxy sends the body (as far as its buffer holds it; needs `option http-buffer-request`): no if not said. */
  readonly withBody?: boolean;
  /** The share of requests that is copied, from 0 to 1: 1 if not said. */
  readonly share?: number;
  /** Headers that are not copied, for example `authorization` and `cookie`. Those of the connection never are. */
  readonly withoutHeaders?: readonly string[];
  /** How many copies may be under way: 16 if not said. */
  readonly maxConcurrent?: number;
  /** How many copies may wait: 1000 if not said. */
  readonly maxQueued?: number;
  /** How many bytes the waiting copies may have together: 16 MiB if not said. */
  readonly maxQueuedBytes?: number;
  /** How long a copy may take: 5000 ms if not said. */
  readonly timeoutMs?: number;
  /** Clock, files and HTTP, for tests; the real ones where not given. */
  readonly outside?: Partial<Outside>;
}

/**
 * Makes the policy.
 *
 * Message arguments: `method`, `path` (`pathq`), `headers` (`req.hdrs_bin`), `ip`, and `body` with `withBody`. Sets nothing.
 *
 * @param options where copies go
 * @throws {InvalidPolicy} when the options do not fit
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMirror } from "./mirror.ts";
 * const { promise: copied, resolve } = Promise.withResolvers<string>();
 * await using policy = await createMirror({
 *   url: "http://127.0.0.1:8081/shadow",
 *   outside: {
 *     fetch: (url) => {
 *       resolve(url);
 *       return Promise.resolve(new Response());
 *     },
 *   },
 * });
 * policy.decide({ name: "mirror-request", args: { method: "GET", path: "/a?b" } }, { set() {}, unset() {} });
 * assert.equal(await copied, "http://127.0.0.1:8081/shadow/a?b");
 * ```
 */
export function createMirror(options: MirrorOptions): Promise<Policy> {
  const { name = "mirror" } = options;
  checkOptions(name, options, {
    name: word,
    outside: given,
    message: word,
    event,
    url: text(2048),
    withBody: flag,
    share: number(0, 1),
    withoutHeaders: list,
    maxConcurrent: integer(1, 10_000),
    maxQueued: integer(1, 1_000_000),
    maxQueuedBytes: integer(1024, 1 << 30),
    timeoutMs: integer(1, 600_000),
  });
  const outside = { ...REAL_OUTSIDE, ...options.outside };
  if (options.url === undefined) throw new InvalidPolicy(name, 'option "url" is missing');
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new InvalidPolicy(
      name,
      `option "url" is "${options.url}" and must be an http:// or https:// URL without query`,
    );
  }
  return Promise.resolve(new MirrorPolicy(name, url, options, outside));
}

class MirrorPolicy implements Policy {
  readonly name: string;
  readonly kind = "mirror";
  readonly message: MessageSpec;
  readonly sets: readonly VariableSpec[] = [];
  readonly #base: URL;
  readonly #withBody: boolean;
  readonly #share: number;
  readonly #without: ReadonlySet<string>;
  readonly #maxConcurrent: number;
  readonly #maxQueued: number;
  readonly #maxQueuedBytes: number;
  readonly #timeoutMs: number;
  readonly #outside: Outside;
  readonly #queue: Copy[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  readonly #counts = { sent: 0, failed: 0, dropped: 0, skipped: 0 };
  #queuedBytes = 0;

  constructor(name: string, base: URL, options: MirrorOptions, outside: Outside) {
    this.name = name;
    this.#base = base;
    this.#withBody = options.withBody ?? false;
    this.#share = options.share ?? 1;
    this.#without = new Set((options.withoutHeaders ?? []).map((one) => String(one).toLowerCase()));
    this.#maxConcurrent = options.maxConcurrent ?? 16;
    this.#maxQueued = options.maxQueued ?? 1000;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? 16 << 20;
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#outside = outside;
    this.message = {
      name: options.message ?? "mirror-request",
      event: options.event ?? "on-frontend-http-request",
      args: [
        { name: "method", types: ["string"], fetch: "method" },
        { name: "path", types: ["string"], fetch: "pathq" },
        { name: "headers", types: ["binary"], fetch: "req.hdrs_bin" },
        { name: "ip", types: ["ip", "string"], fetch: "src", isOptional: true },
        ...(this.#withBody ? [{ name: "body", types: ["binary"] as const, fetch: "req.body" }] : []),
      ],
    };
  }

  decide(message: PolicyMessage): void {
    if (this.#share < 1 && this.#outside.random() >= this.#share) return;
    const copy = this.#copyOf(message);
    if (copy === undefined) {
      this.#counts.skipped++;
    } else if (this.#queue.length >= this.#maxQueued || this.#queuedBytes + copy.bytes > this.#maxQueuedBytes) {
      this.#counts.dropped++;
    } else {
      this.#queue.push(copy);
      this.#queuedBytes += copy.bytes;
      this.#startNext();
    }
  }

  /** There is no verdict. */
  defaults(): void {}

  stats(): Record<string, number> {
    return {
      ...this.#counts,
      queued: this.#queue.length,
      queued_bytes: this.#queuedBytes,
      in_flight: this.#underWay.size,
    };
  }

  /** Ends the copies that are under way, and drops those that wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#counts.dropped += this.#queue.length;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#ended.abort();
    await Promise.all(this.#underWay);
  }

  /** A copy that does not need the message any more; `undefined` when it cannot be sent. */
  #copyOf({ args }: PolicyMessage): Copy | undefined {
    const method = textOf(args.method) ?? "";
    const url = mirroredUrl(this.#base, textOf(args.path) ?? "");
    // fetch refuses these, and a tunnel cannot be copied.
    if (url === undefined || !/^[A-Z]{1,20}$/.test(method) || /^(CONNECT|TRACE|TRACK)$/.test(method)) return undefined;
    const mayHaveBody = this.#withBody && method !== "GET" && method !== "HEAD";
    // A copy, since the bytes are the connection's.
    const body = mayHaveBody ? bytesOf(args.body)?.slice() : undefined;
    const raw = args.headers instanceof Uint8Array ? args.headers.length : 0;
    return {
      url,
      method,
      headers: mirroredHeaders(headersOf(args.headers), this.#without, textOf(args.ip)),
      body,
      bytes: url.length + raw + (body?.length ?? 0),
    };
  }

  #startNext(): void {
    while (this.#underWay.size < this.#maxConcurrent) {
      const copy = this.#queue.shift();
      if (copy === undefined) return;
      this.#queuedBytes -= copy.bytes;
      const sending = this.#send(copy).then(() => {
        this.#underWay.delete(sending);
        if (!this.#ended.signal.aborted) this.#startNext();
      });
      this.#underWay.add(sending);
    }
  }

  /** Never rejects. */
  async #send({ url, method, headers, body }: Copy): Promise<void> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#timeoutMs);
    try {
      const response = await this.#outside.fetch(url, {
        method,
        headers,
        redirect: "manual",
        signal: AbortSignal.any([deadline.signal, this.#ended.signal]),
        ...(body === undefined ? {} : { body }),
      });
      await response.body?.cancel();
      this.#counts.sent++;
    } catch {
      this.#counts.failed++;
    } finally {
      clearTimeout(timer);
    }
  }
}
