/**
 * Bodies of requests to the services' HTTP API: only JSON that is called so, and only the fields there are.
 */
import { BodyNotJson, InvalidServiceRequest } from "./errors.ts";

/** Fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a body. Without a Content-Type and without a body it has no fields.
 *
 * @param request the request
 * @param names the fields there are; any if not given
 * @throws {BodyNotJson} {@linkcode InvalidServiceRequest}
 */
export async function readFields(request: Request, names?: readonly string[]): Promise<Fields> {
  const type = request.headers.get("content-type") ?? undefined;
  const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type ?? "");
  const text = await readLimited(request);
  if (text === "" && type === undefined) return {};
  if (!isJson) throw new BodyNotJson(type);
  const fields = parse(text);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) refuse("it is no object");
  const unknown = Object.keys(fields).find((name) => names?.includes(name) === false);
  if (unknown !== undefined) {
    refuse(`there is no field ${JSON.stringify(unknown.slice(0, 60))}, only ${names?.join(", ")}`);
  }
  return { ...fields };
}

/**
 * Reads a time in seconds; a fraction is one too.
 *
 * @returns in milliseconds; `null` where nothing is said
 * @throws {InvalidServiceRequest} when it is no number
 */
export function readSeconds(name: string, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return Math.round(value * 1000);
  return refuse(`field "${name}" must be a number of seconds, or null for ever`);
}

/** Reads a field that is true or false; false where nothing is said. @throws {InvalidServiceRequest} */
export function readFlag(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  return refuse(`field "${name}" must be true or false`);
}

const MOST_BYTES = 256 * 1024;

async function readLimited(request: Request): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) refuse(`it is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("it is no JSON");
  }
}

function refuse(why: string): never {
  throw new InvalidServiceRequest("the body", why);
}
