/**
 * Bodies of requests to the API of processes.
 *
 * Their Content-Type does not matter: `curl -d` calls everything a form, and pages of other origins do not get this far.
 */
import { Refusal } from "./refusals.ts";

/** The largest body that is read into memory, in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads a body as an object of JSON.
 *
 * @throws {Refusal} `invalid_json`, 413 `body_too_large`
 */
export async function readObject(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(request);
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, "invalid_json", "Cannot use the body: it must be an object of JSON");
  }
  return { ...value };
}

/** As {@linkcode readObject}; an empty body is an empty object. */
export async function readObjectOrNothing(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(request);
  if (text.trim() === "") return {};
  return await readObject(new Request(request.url, { method: "POST", body: text }));
}

/**
 * Reads a body as text.
 *
 * @throws {Refusal} 413 `body_too_large`, 400 when it is not whole
 */
export async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.length;
    if (size > MOST_BYTES) {
      throw new Refusal(413, "body_too_large", `Cannot take the body: it is larger than ${MOST_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

/**
 * The chunks of a body as they come.
 *
 * @throws {Refusal} 400 `invalid_body` when the caller leaves in the middle of it
 */
export async function* chunksOf(request: Request): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const body = request.body?.[Symbol.asyncIterator]();
  while (body !== undefined) {
    const { done, value } = await body.next().catch(() => {
      throw new Refusal(
        400,
        "invalid_body",
        "Cannot read the body: it ended, or its chunks are broken, before its end",
      );
    });
    if (done) return;
    yield value;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "invalid_json", "Cannot use the body: it is no JSON");
  }
}
