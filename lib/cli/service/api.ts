/**
 * The services' HTTP API, as the commands beside it use it: found where it usually is, its errors told in its words.
 */
import { HappiError, reason } from "../../errors.ts";
import type { Environment } from "../environment.ts";
import { UsageError } from "../usage_error.ts";

/** No registry of services could be asked. */
export class ServicesUnreachable extends HappiError {
  /** @param tried each address, and what was in the way there */
  constructor(tried: readonly string[]) {
    super(
      "api_unreachable",
      `Cannot reach the services' HTTP API: ${tried.join("; ")}; start it with "happi service", or name it with --api`,
    );
  }
}

/** The registry said no. */
export class ServicesRefused extends HappiError {
  /** Of HTTP. */
  readonly status: number;

  /**
   * @param message its words
   * @param status of HTTP
   */
  constructor(message: string, status: number) {
    super("api_refused", message);
    this.status = status;
  }
}

/** Fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** How a request is made. */
export interface AskOptions {
  readonly body?: Fields;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** How long an answer may take, in milliseconds; 10 s if not given. */
  readonly patienceMs?: number;
}

/** Asks the registry. */
export interface ServicesApi {
  /** Where it is: `http://127.0.0.1:5084`. */
  readonly url: string;
  /**
   * Asks.
   *
   * @param path below `/api/v1`
   * @returns the answer's JSON
   * @throws {ServicesRefused} {@linkcode ServicesUnreachable}
   */
  ask(method: "GET" | "PUT" | "POST" | "DELETE", path: string, options?: AskOptions): Promise<Fields>;
}

/** Where services are when nobody says: beside `happi service`, and in `happi server`'s place. */
const USUAL = ["http://127.0.0.1:5084", "http://127.0.0.1:5080"];
const PATIENCE_MS = 10_000;

/**
 * Finds the registry: `--api`, else HAPPI_API, else the first of the usual places where one answers.
 *
 * @throws {ServicesUnreachable} when none answers
 * @throws {UsageError} when the URL is none
 */
export async function findServices(
  environment: Pick<Environment, "variable" | "signal">,
  given: string | undefined,
): Promise<ServicesApi> {
  const named = namedUrl(environment, given);
  const tried: string[] = [];
  for (const url of named === undefined ? USUAL : [named]) {
    const answer = await request(url, "GET", "services?since=0&wait=0", { signal: environment.signal }).catch(whyOf);
    if (typeof answer === "string") tried.push(`${url}: ${answer}`);
    else if (answer.status === 200 && "revision" in answer.fields) return apiAt(url);
    else tried.push(`${url}: ${answer.status === 404 ? "who answers there keeps no services" : errorOf(answer)}`);
    if (environment.signal.aborted) throw environment.signal.reason;
  }
  throw new ServicesUnreachable(tried);
}

/** The registry's place without asking whether it is there: for who waits until it is. */
export function namedServices(environment: Pick<Environment, "variable">, given: string | undefined): ServicesApi {
  return apiAt(namedUrl(environment, given) ?? USUAL[0] ?? "");
}

/** The path of a unit. */
export function unitPath(service: string, unit: string): string {
  return `services/${encodeURIComponent(service)}/units/${encodeURIComponent(unit)}`;
}

/** A value as a list of objects; an empty one when it is none. */
export function recordsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(recordIn) : [];
}

/** A value as an object; an empty one when it is none. */
export function recordIn(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function namedUrl({ variable }: Pick<Environment, "variable">, given: string | undefined): string | undefined {
  const named = given ?? variable("HAPPI_API");
  return named === undefined ? undefined : readUrl(named);
}

function apiAt(url: string): ServicesApi {
  return {
    url,
    async ask(method, path, options = {}) {
      const answer = await request(url, method, path, options).catch((thrown) => {
        if (options.signal?.aborted) throw options.signal.reason;
        throw new ServicesUnreachable([`${url}: ${whyOf(thrown)}`]);
      });
      if (answer.status !== 200) throw new ServicesRefused(errorOf(answer), answer.status);
      return answer.fields;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly fields: Fields;
}

async function request(url: string, method: string, path: string, options: AskOptions): Promise<Answer> {
  const { body, signal, patienceMs = PATIENCE_MS } = options;
  const given = body === undefined ? {} : {
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  const patience = AbortSignal.timeout(patienceMs);
  const signals = signal === undefined ? patience : AbortSignal.any([signal, patience]);
  const response = await fetch(`${url}/api/v1/${path}`, { method, redirect: "manual", signal: signals, ...given });
  const fields: unknown = await response.json();
  if (typeof fields !== "object" || fields === null) throw new SyntaxError("its answer is no JSON object");
  return { status: response.status, fields: { ...fields } };
}

/** Deno says what was in the way in the error's cause. */
function whyOf(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return "its answer is no JSON";
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") return "no answer in time";
  const why = thrown instanceof Error && thrown.cause !== undefined ? reason(thrown.cause) : reason(thrown);
  return /connection refused/i.test(why) ? "nobody listens there" : why;
}

function errorOf({ status, fields }: Answer): string {
  const { message } = recordIn(fields["error"]);
  return typeof message === "string" ? message : `Cannot go on: the services' API answered HTTP ${status}`;
}

function readUrl(given: string): string {
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`Cannot use "${given}" as --api: write a URL such as "http://127.0.0.1:5084"`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/(?:api\/v1\/?)?$/, "");
}
