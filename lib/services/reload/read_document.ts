/**
 * Documents out of JSON: from the store, where an older happi may have put them, and from snapshots, which people edit.
 */
import { LIMIT_METHODS, type RunTimeDocument } from "./document.ts";

/**
 * Reads a document.
 *
 * @param value what JSON gave
 * @returns the document; `undefined` when it is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDocument } from "./read_document.ts";
 * const server = { kind: "server", name: "web/s1", weight: 5 };
 * assert.deepEqual(readDocument(server), server);
 * assert.equal(readDocument({ ...server, weight: null }), undefined);
 * ```
 */
export function readDocument(value: unknown): RunTimeDocument | undefined {
  return isDocument(value) ? value : undefined;
}

/** Says whether a value fits. */
type Fits = (value: unknown) => boolean;

/** The fields of an object: those with `?` may be absent, others must be there, and there are no further ones. */
type Shape = Readonly<Record<string, Fits>>;

const text: Fits = (value) => typeof value === "string" && !/[\r\n\0]/.test(value) && value.isWellFormed();
const name: Fits = (value) => text(value) && value !== "";
const pem: Fits = (value) => typeof value === "string";
const whole: Fits = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const port: Fits = (value) => whole(value) && Number(value) <= 65535;
const yes: Fits = (value) => value === true;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const oneOf = (...words: readonly unknown[]): Fits => (value) => words.includes(value);
const either = (a: Fits, b: Fits): Fits => (value) => a(value) || b(value);
const list = (fits: Fits): Fits => (value) => Array.isArray(value) && value.every(fits);
const table = (fits: Fits): Fits => (value) => isRecord(value) && Object.values(value).every(fits);
const object = (shape: Shape): Fits => (value) =>
  isRecord(value) &&
  Object.keys(value).every((key) => Object.hasOwn(shape, key) || Object.hasOwn(shape, `${key}?`)) &&
  Object.entries(shape).every(([key, fits]) => {
    if (!key.endsWith("?")) return fits(value[key]);
    const given = value[key.slice(0, -1)];
    return given === undefined || fits(given);
  });

const onOff = oneOf("on", "off");
const serverName: Fits = (value) => name(value) && /^[^/]+\/[^/]+$/.test(String(value));
const entry: Fits = (value) =>
  Array.isArray(value) && value.length === 2 && name(value[0]) && list(text)(value[1]) && value[1].length > 0;
const pattern: Shape = {
  ...{ "name": name, "base": oneOf("file", "empty"), "entries": list(entry), "without": list(name) },
  "is_too_large?": yes,
};

const SHAPES: { readonly [Kind in RunTimeDocument["kind"]]: Shape } = {
  server: {
    ...{ "name": serverName, "is_deleted?": yes },
    "made?": object({ address: name, keywords: list(name) }),
    ...{ "address?": name, "port?": port, "fqdn?": name, "ssl?": onOff, "maxconn?": whole },
    "weight?": either(
      (value) => whole(value) && Number(value) <= 256,
      (value) => /^\d{1,5}%?$/.test(typeof value === "string" ? value : ""),
    ),
    ...{ "check_address?": name, "check_port?": port, "agent_address?": name, "agent_port?": port },
    ...{ "agent_send?": text, "check?": onOff, "agent?": onOff },
    ...{ "state?": oneOf("ready", "drain", "maint"), "health?": oneOf("up", "stopping", "down") },
  },
  map: pattern,
  acl: pattern,
  certificate: { "name": name, "is_new?": yes, "parts": table(pem), "staged?": table(pem) },
  crt_list: {
    "name": name,
    "added": list(object({ "certificate": name, "ssl?": name, "filters?": list(name) })),
    "removed": list(name),
  },
  limit: { "name": name, "method": oneOf(...LIMIT_METHODS), "args": list(either(whole, name)) },
};

function isDocument(value: unknown): value is RunTimeDocument {
  if (!isRecord(value) || typeof value["kind"] !== "string" || !Object.hasOwn(SHAPES, value["kind"])) return false;
  const shape = Object.entries(SHAPES).find(([kind]) => kind === value["kind"])?.[1] ?? {};
  return object({ ...shape, "kind": text, "missing_since?": whole })(value);
}
