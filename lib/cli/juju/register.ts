/**
 * What a hook has found, registered with a running happi through its HTTP API; and what has gone, taken back.
 */
import { HappiError, reason } from "../../errors.ts";
import type { Service, Unit } from "../../services/mod.ts";
import type { Store } from "../../store/mod.ts";
import { UsageError } from "../usage_error.ts";

/** The registry could not be asked. */
export class RegistryUnreachable extends HappiError {
  /**
   * @param url where it should be
   * @param why what is in the way
   */
  constructor(url: string, why: string, cause?: unknown) {
    super("api_unreachable", `Cannot reach the services' HTTP API at "${url}": ${why}`, { cause });
  }
}

/** The registry said no. */
export class RegistryRefused extends HappiError {
  /** @param message its words */
  constructor(message: string) {
    super("api_refused", message);
  }
}

/** Where to, and on whose behalf. */
export interface RegisterOptions {
  /** Where happi's server is: `http://127.0.0.1:5080`. */
  readonly api: string;
  /** The store's key under which stands what was registered before. */
  readonly key: string;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/**
 * Registers units for ever, and takes back those that an earlier hook registered and that are no longer there.
 *
 * @throws {RegistryUnreachable} {@linkcode RegistryRefused}
 * @throws {UsageError} when the URL is none
 * @throws {StoreFailed} when it cannot be remembered
 */
export async function register(services: readonly Service[], options: RegisterOptions): Promise<void> {
  const { api, key, store, signal } = options;
  const base = readUrl(api);
  const units = new Map(services.flatMap(({ service, units }) => units.map((unit) => [pathOf(service, unit), unit])));
  const known = textsIn((await store.get(key))?.value);
  const gone = known.filter((path) => !units.has(path));
  // Remembered first: whatever happens now, the next hook knows all that may be registered.
  await store.put(key, [...new Set([...known, ...units.keys()])]);
  for (const [path, { unit: _, ...fields }] of units) await send("PUT", `${base}${path}`, signal, fields);
  for (const path of gone) await send("DELETE", `${base}${path}`, signal);
  await store.put(key, [...units.keys()]);
}

function pathOf(service: string, { unit }: Unit): string {
  return `/api/v1/services/${encodeURIComponent(service)}/units/${encodeURIComponent(unit)}`;
}

const PATIENCE_MS = 10_000;

async function send(method: "PUT" | "DELETE", url: string, signal: AbortSignal, fields?: unknown): Promise<void> {
  const given = fields === undefined ? {} : {
    body: JSON.stringify(fields),
    headers: { "content-type": "application/json" },
  };
  const signals = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const { ok, status, text } = await fetch(url, { method, redirect: "manual", signal: signals, ...given })
    .then(async (response) => ({ ok: response.ok, status: response.status, text: await response.text() }))
    .catch((thrown) => {
      if (signal.aborted) throw signal.reason;
      throw new RegistryUnreachable(new URL(url).origin, whyOf(thrown), thrown);
    });
  // What is not there any more need not be taken back.
  if (ok || (method === "DELETE" && status === 404)) return;
  throw new RegistryRefused(messageIn(text) ?? `Cannot register: the services' HTTP API answered HTTP ${status}`);
}

/** Deno says what was in the way in the error's cause. */
function whyOf(thrown: unknown): string {
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") return `no answer within ${PATIENCE_MS} ms`;
  const why = thrown instanceof Error && thrown.cause !== undefined ? reason(thrown.cause) : reason(thrown);
  return /connection refused/i.test(why) ? "nobody listens there" : why;
}

/** `{"error": {"message": ..}}`. */
function messageIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text);
    return typeof error?.message === "string" ? error.message : undefined;
  } catch {
    return undefined;
  }
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function readUrl(given: string): string {
  const url = URL.parse(given.includes("://") ? given : `http://${given}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`Cannot use "${given}" as --api: write a URL such as "http://127.0.0.1:5080"`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/(?:api\/v1\/?)?$/, "");
}
