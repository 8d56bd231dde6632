/**
 * Bodies of requests to the agent's HTTP API: only JSON that is called so, and only the fields there are.
 */
import { InvalidBody, NotJson } from "./api_errors.ts";
import { duration } from "./checks/option_types.ts";
import type { MaintenanceWish } from "./maintenance.ts";

/** Fields of a JSON object. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a body.
 *
 * @param request the request
 * @param names the fields there are
 * @throws {NotJson} {@linkcode InvalidBody}
 */
export async function readFields(request: Request, names: readonly string[]): Promise<Fields> {
  const type = request.headers.get("content-type") ?? undefined;
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type ?? "")) throw new NotJson(type);
  const fields = parse(await readLimited(request));
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) throw new InvalidBody("it is no object");
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new InvalidBody(`there is no field ${JSON.stringify(unknown.slice(0, 60))}, only ${names.join(", ")}`);
  }
  return { ...fields };
}

/** The fields of a wish for maintenance. */
export const WISH_FIELDS = ["mode", "for", "why", "by"] as const;

/** Reads a wish for maintenance. @throws {InvalidBody} */
export function readWish({ mode, for: time, why, by }: Fields): MaintenanceWish {
  if (mode !== "drain" && mode !== "maint" && mode !== "ready") {
    throw new InvalidBody('field "mode" must be "drain", "maint" or "ready"');
  }
  const forMs = time === undefined || time === null ? undefined : DURATION.read(time);
  if (forMs === undefined && time !== undefined && time !== null) {
    throw new InvalidBody(`field "for" must be ${DURATION.wanted}`);
  }
  return {
    mode,
    ...(forMs === undefined ? {} : { forMs }),
    why: readText("why", why),
    by: readText("by", by),
  };
}

/** Reads a field that may be missing. @throws {InvalidBody} */
export function readText(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new InvalidBody(`field "${name}" must be a text`);
  return value;
}

const DURATION = duration(1, 366 * 24 * 3_600_000);
const MOST_BYTES = 64 * 1024;

async function readLimited(request: Request): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new InvalidBody(`it is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidBody("it is no JSON");
  }
}
