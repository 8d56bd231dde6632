/**
 * A running agent's HTTP API, as the commands beside it use it: found where it usually is, its errors told in its words.
 */
import { HappiError, reason } from "../../errors.ts";
import type { Environment } from "../environment.ts";
import { UsageError } from "../usage_error.ts";

/** No agent could be asked. */
export class ApiUnreachable extends HappiError {
  /** @param tried each address, and what was in the way there */
  constructor(tried: readonly string[]) {
    super("api_unreachable", `Cannot reach an agent's HTTP API: ${tried.join("; ")}; --api names another address`);
  }
}

/** The agent said no. */
export class ApiRefused extends HappiError {
  /** @param message its words */
  constructor(message: string) {
    super("api_refused", message);
  }
}

/** Asks an agent. */
export interface AgentApi {
  /** Where it is: `http://127.0.0.1:5082`. */
  readonly url: string;
  /**
   * Asks.
   *
   * @param path below `/api/v1`
   * @returns the answer's JSON
   * @throws {ApiRefused} {@linkcode ApiUnreachable}
   */
  ask(method: "GET" | "PUT" | "POST", path: string, body?: unknown): Promise<Fields>;
}

/** Fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where agents are when nobody says: beside `happi agent`, and in `happi server`'s place. */
const USUAL = ["http://127.0.0.1:5082", "http://127.0.0.1:5080"];
const PATIENCE_MS = 10_000;

/**
 * Finds the agent: `--api`, else HAPPI_API, else the first of the usual places where one answers.
 *
 * @throws {ApiUnreachable} when none answers
 * @throws {UsageError} when the URL is none
 */
export async function findApi(
  { variable, signal }: Pick<Environment, "variable" | "signal">,
  given: string | undefined,
): Promise<AgentApi> {
  const named = given ?? variable("HAPPI_API");
  const tried: string[] = [];
  for (const url of named === undefined ? USUAL : [readUrl(named)]) {
    const answer = await request(url, "GET", "agent", undefined, signal).catch((thrown) => reason(thrown));
    if (typeof answer === "string") tried.push(`${url}: ${answer}`);
    else if (answer.status === 200) return apiAt(url, signal);
    else tried.push(`${url}: ${answer.status === 404 ? "who answers there is no agent" : errorOf(answer)}`);
  }
  throw new ApiUnreachable(tried);
}

function apiAt(url: string, signal: AbortSignal): AgentApi {
  return {
    url,
    async ask(method, path, body) {
      const answer = await request(url, method, path, body, signal).catch((thrown) => {
        throw new ApiUnreachable([`${url}: ${reason(thrown)}`]);
      });
      if (answer.status !== 200) throw new ApiRefused(errorOf(answer));
      return answer.fields;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly fields: Fields;
}

async function request(url: string, method: string, path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
  const given = body === undefined ? {} : {
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  const signals = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const response = await fetch(`${url}/api/v1/${path}`, { method, redirect: "manual", signal: signals, ...given });
    const fields: unknown = await response.json();
    if (typeof fields !== "object" || fields === null) throw new Error("its answer is no JSON object");
    return { status: response.status, fields: { ...fields } };
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw new Error(whyOf(thrown), { cause: thrown });
  }
}

/** Deno says what was in the way in the error's cause. */
function whyOf(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return "its answer is no JSON";
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") return `no answer within ${PATIENCE_MS} ms`;
  const why = thrown instanceof Error && thrown.cause !== undefined ? reason(thrown.cause) : reason(thrown);
  return /connection refused/i.test(why) ? "nobody listens there" : why;
}

function errorOf({ status, fields }: Answer): string {
  const { error } = fields;
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : undefined;
  return typeof message === "string" ? message : `Cannot go on: the agent answered HTTP ${status}`;
}

function readUrl(given: string): string {
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`Cannot use "${given}" as --api: write a URL such as "http://127.0.0.1:5082"`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/(?:api\/v1\/?)?$/, "");
}
