/**
 * The largest body that is read into memory, whether its length is announced or not.
 */
import type { Context, MiddlewareHandler } from "hono";
import type { ServerEnv } from "../env.ts";
import { BodyTooLarge, InvalidRequest } from "../errors.ts";

/**
 * Makes the guard.
 *
 * @param maxBytes the largest body, in bytes
 * @returns a middleware that refuses a body that is announced as larger, and sets the limit for {@linkcode readBody}
 */
export function bodyLimit(maxBytes: number): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (Number(c.req.header("content-length") ?? 0) > maxBytes) throw new BodyTooLarge(maxBytes);
    c.set("maxBodyBytes", maxBytes);
    await next();
  };
}

/**
 * Reads a request's body.
 *
 * @param c the request
 * @returns its bytes
 * @throws {BodyTooLarge} when there are more than the limit allows; the rest is not read
 * @throws {InvalidRequest} when it ends before its end: the caller has left, or has sent broken chunks
 */
export async function readBody(c: Context<ServerEnv>): Promise<Uint8Array<ArrayBuffer>> {
  const limit = c.var.maxBodyBytes;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for await (const chunk of c.req.raw.body ?? []) {
      size += chunk.length;
      if (size > limit) throw new BodyTooLarge(limit);
      chunks.push(chunk);
    }
  } catch (thrown) {
    if (thrown instanceof BodyTooLarge) throw thrown;
    throw new InvalidRequest(
      "Cannot read the body: the connection ended, or its chunks are broken, before it was whole",
    );
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
