/**
 * Tells URLs of events: each event is POSTed as JSON to those that asked for its type, or for all with `.`.
 *
 * To each URL in order, one at a time, each within a limit of time. What does not arrive is not sent again, and what waits is
 * bounded: a receiver that is away costs the oldest events and nothing else.
 */
import { getLogger } from "@logtape/logtape";
import { HappiError, reason } from "../errors.ts";
import type { Feed } from "../feed/mod.ts";
import type { ProcessEvent } from "./manager_face.ts";

/** Which URL is told of what: `start`, `proc.web.exit`, `.` for all; one URL or more each. */
export type WebhookTable = Readonly<Record<string, string | readonly string[]>>;

/** Limits of webhooks. */
export interface WebhookOptions {
  /** How long one POST may take, in milliseconds; 5 s if not given. */
  readonly deadlineMs?: number;
  /** How many events may wait for one URL; 200 if not given, as in the seed. */
  readonly capacity?: number;
  readonly fetch?: typeof fetch;
}

/** What is to be told is no URL. */
export class InvalidWebhook extends HappiError {
  constructor(event: string, url: string) {
    super("invalid_webhook", `Cannot tell of "${event}": "${url}" is no URL of http or https`);
  }
}

/** Events of a process that have its name in their type. */
const OF_A_PROCESS: readonly string[] = ["start", "stop", "spawn", "reap", "stop_pid", "exit"];

/** Sends events to URLs until it is disposed; then those that wait are still tried within one limit of time. */
export class Webhooks implements AsyncDisposable {
  readonly #receivers: readonly Receiver[];
  readonly #end = new AbortController();
  readonly #reading: Promise<void>;

  /**
   * @param events of a manager, from now on
   * @param table who is told of what
   * @throws {InvalidWebhook}
   */
  constructor(events: Feed<ProcessEvent>, table: WebhookTable, options: WebhookOptions = {}) {
    const wanted = new Map<string, Set<string>>();
    for (const [event, urls] of Object.entries(table)) {
      for (const url of typeof urls === "string" ? [urls] : urls) {
        if (!isWebUrl(url)) throw new InvalidWebhook(event, url);
        wanted.set(url, (wanted.get(url) ?? new Set()).add(event));
      }
    }
    this.#receivers = [...wanted].map(([url, types]) => new Receiver(url, types, options));
    this.#reading = this.#read(events);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#reading;
    await Promise.all(this.#receivers.map((receiver) => receiver.finish()));
  }

  async #read(events: Feed<ProcessEvent>): Promise<void> {
    let last = events.lastId;
    for await (const item of events.read({ signal: this.#end.signal })) {
      if (item.kind === "lost") continue;
      last = item.record.id;
      this.#tell(item.record.value);
    }
    // What had happened when it was ended is told as well.
    for (const { id, value } of events.latest()) if (id > last) this.#tell(value);
  }

  #tell(event: ProcessEvent): void {
    for (const receiver of this.#receivers) receiver.take(event);
  }
}

/** One URL, and what waits for it. */
class Receiver {
  readonly #url: string;
  readonly #types: ReadonlySet<string>;
  readonly #deadlineMs: number;
  readonly #capacity: number;
  readonly #fetch: typeof fetch;
  readonly #log = getLogger(["happi", "process", "webhook"]);
  readonly #waiting: string[] = [];
  #sending: Promise<void> | undefined;
  #finishBy = Infinity;
  #isFailing = false;

  constructor(url: string, types: ReadonlySet<string>, options: WebhookOptions) {
    this.#url = url;
    this.#types = types;
    this.#deadlineMs = options.deadlineMs ?? 5_000;
    this.#capacity = options.capacity ?? 200;
    this.#fetch = options.fetch ?? fetch;
  }

  /** Takes an event when it is one of those that the URL asked for. */
  take(event: ProcessEvent): void {
    const types = typesOf(event);
    const type = types.find((one) => this.#types.has(one)) ?? (this.#types.has(".") ? types[0] : undefined);
    if (type === undefined) return;
    if (this.#waiting.length >= this.#capacity) this.#waiting.shift();
    this.#waiting.push(JSON.stringify({ ...event, event: type }));
    this.#sending ??= this.#send();
  }

  /** Settles when nothing waits any more, or its time is over. */
  async finish(): Promise<void> {
    this.#finishBy = performance.now() + this.#deadlineMs;
    await this.#sending;
  }

  async #send(): Promise<void> {
    for (let body = this.#waiting.shift(); body !== undefined; body = this.#waiting.shift()) {
      if (performance.now() >= this.#finishBy) return;
      const problem = await this.#post(body);
      if ((problem !== undefined) !== this.#isFailing) {
        const text = problem === undefined ? "takes events again" : "does not take events: {problem}";
        this.#log[problem === undefined ? "info" : "warn"](`Webhook "{url}" ${text}`, { url: this.#url, problem });
      }
      this.#isFailing = problem !== undefined;
    }
    // At once: what is taken a moment later has to begin anew.
    this.#sending = undefined;
  }

  /** Gives why it did not arrive. A redirect is not followed: what is told goes where the configuration says. */
  async #post(body: string): Promise<string | undefined> {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(new Error(`no answer within ${this.#deadlineMs} ms`)), this.#deadlineMs);
    try {
      const response = await this.#fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        redirect: "manual",
        signal: end.signal,
      });
      await response.body?.cancel();
      return response.status < 300 ? undefined : `it answers with status ${response.status}`;
    } catch (thrown) {
      return reason(thrown);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The names under which an event can be asked for: `exit` is also `proc.web.exit`, which is its full one and the first. */
function typesOf({ event, name }: ProcessEvent): readonly [full: string, ...others: string[]] {
  const short = shortTypeOf(event, name);
  return OF_A_PROCESS.includes(short) ? [`proc.${name}.${short}`, short] : [event];
}

function shortTypeOf(event: string, name: string): string {
  const prefix = `proc.${name}.`;
  return event.startsWith(prefix) ? event.slice(prefix.length) : event;
}

function isWebUrl(text: string): boolean {
  // The parser drops line feeds without a word; nobody means them.
  return !/[\s\0]/.test(text) && URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
