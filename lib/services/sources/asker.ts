/**
 * Asks HTTP servers for documents: with limits to time and size, a token that is read anew each time, certificates, and
 * redirects only within the same origin, since what is sent is not meant for others.
 */
import { reason } from "../../errors.ts";
import { SourceFailed } from "./errors.ts";

/** How a server is reached. */
export interface HttpOptions {
  /** PEM file of who may have signed the server's certificate; the system's own if not given. */
  readonly caFile?: string | undefined;
  /** PEM files of the certificate, and its key, that is shown to the server. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** An answer, as it is after unpacking. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** The whole answer, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** HTTP. */
  readonly fetch?: ((url: URL, init: RequestInit & { client?: Deno.HttpClient }) => Promise<Response>) | undefined;
}

/** What is asked. */
export interface Question {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent with POST. */
  readonly json?: unknown;
  /** Another limit than usual, in milliseconds. */
  readonly timeoutMs?: number;
}

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** So many redirects are followed. */
const MOST_REDIRECTS = 5;

/** Asks. */
export class Asker implements Disposable {
  readonly #options: HttpOptions;
  #client: Deno.HttpClient | undefined;

  /** @param options how servers are reached */
  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * Asks, and reads the whole answer, whatever its status is.
   *
   * @throws {SourceFailed} when there is none, or it is too long or late
   */
  async ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const { maxBytes = 16 * 1024 * 1024, timeoutMs = 10_000 } = this.#options;
    const limitMs = question.timeoutMs ?? timeoutMs;
    const late = AbortSignal.timeout(limitMs);
    const target = targetOf(question.url);
    try {
      const response = await this.open(question, AbortSignal.any([signal, late]));
      return { status: response.status, headers: response.headers, text: await bodyOf(response, target, maxBytes) };
    } catch (thrown) {
      if (!late.aborted || signal.aborted) throw failed(target, thrown);
      throw new SourceFailed(target, `no answer within ${limitMs} ms`, thrown);
    }
  }

  /**
   * Asks, and gives the answer as soon as it begins. Who takes it reads or cancels its body.
   *
   * @throws {SourceFailed} when there is none
   */
  async open(question: Question, signal: AbortSignal): Promise<Response> {
    let { url } = question;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const response = await this.#fetch({ ...question, url }, signal);
      const location = response.headers.get("location");
      if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
      await response.body?.cancel();
      const next = URL.parse(location, url);
      if (next?.origin !== url.origin) {
        throw new SourceFailed(targetOf(url), `it redirects to "${next?.origin ?? "nowhere"}", which is not followed`);
      }
      url = next;
    }
    throw new SourceFailed(targetOf(question.url), `it redirects more than ${MOST_REDIRECTS} times`);
  }

  [Symbol.dispose](): void {
    this.#client?.close();
    this.#client = undefined;
  }

  async #fetch({ url, headers = {}, json }: Question, signal: AbortSignal): Promise<Response> {
    const { fetch: fetchIt = fetch } = this.#options;
    try {
      this.#client ??= await makeClient(this.#options);
      return await fetchIt(url, {
        headers: { accept: "application/json", ...headers },
        redirect: "manual",
        signal,
        client: this.#client,
        ...(json === undefined ? {} : { method: "POST", body: JSON.stringify(json) }),
      });
    } catch (thrown) {
      // The next one reads the certificates anew.
      this[Symbol.dispose]();
      throw failed(targetOf(url), thrown);
    }
  }
}

/** A URL as it may be told: without user, password and query. */
export function targetOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** A secret that a file holds. @throws {SourceFailed} when it cannot be read */
export async function readSecret(file: string): Promise<string> {
  try {
    return (await Deno.readTextFile(file)).trim();
  } catch (thrown) {
    throw new SourceFailed(file, thrown instanceof Deno.errors.NotFound ? "there is no such file" : reason(thrown));
  }
}

/** An answer's JSON. @throws {SourceFailed} when its status is another, or it is none */
export function jsonOf({ status, text }: Answer, url: URL): unknown {
  if (status !== 200) {
    const said = text.trim().replaceAll(/\s+/g, " ").slice(0, 200);
    throw new SourceFailed(targetOf(url), `it answered ${status}${said === "" ? "" : ` "${said}"`}`);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new SourceFailed(targetOf(url), `its answer is no JSON: ${reason(thrown)}`, thrown);
  }
}

async function makeClient({ caFile, certFile, keyFile }: HttpOptions): Promise<Deno.HttpClient> {
  const caCerts = caFile === undefined ? {} : { caCerts: [await readSecret(caFile)] };
  if (certFile === undefined || keyFile === undefined) return Deno.createHttpClient(caCerts);
  return Deno.createHttpClient({ ...caCerts, cert: await readSecret(certFile), key: await readSecret(keyFile) });
}

async function bodyOf(response: Response, target: string, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new SourceFailed(target, `its answer has more than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function failed(target: string, thrown: unknown): SourceFailed {
  if (thrown instanceof SourceFailed) return thrown;
  // What fetch says is that it failed, perhaps with the whole URL, which may hold a secret; its cause knows why.
  let deepest = thrown;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const why = reason(deepest).replaceAll(/\b\w+:\/\/\S+/g, "it");
  return new SourceFailed(target, why, thrown);
}
