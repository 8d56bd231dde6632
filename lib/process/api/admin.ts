/**
 * Who may define what runs: whoever has the token.
 *
 * Starting, stopping, scaling and signalling what is defined is operating, and open to whoever reaches the listener. What a
 * definition, an environment or a process's stdin says is code that runs as happi's user: for these the token is asked for
 * on the loopback too, where every user of the machine and every page in its browsers is.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Refusal } from "./refusals.ts";

/** The token, or `open`: everybody may. Without either nobody may. */
export type Admin = { readonly token: string } | "open" | undefined;

/** The subprotocol of WebSockets; a token comes in one of its own beside it. */
export const SUBPROTOCOL = "happi";

const TOKEN_SUBPROTOCOL = "happi.token.";

/**
 * Lets a request pass that has the token: in `Authorization: Bearer TOKEN` or `X-Api-Key: TOKEN`, or, for browsers, which
 * cannot set headers on WebSockets, in the subprotocol `happi.token.` followed by the token in base64url. Never in the query:
 * that is written to logs and histories.
 *
 * @param admin what is configured
 * @param headers the request's
 * @param what it wants to do, for the message
 * @throws {Refusal} 401 without the right token, 403 where none is configured
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requireAdmin } from "./admin.ts";
 * const admin = { token: "secret" };
 * requireAdmin(admin, new Headers({ authorization: "Bearer secret" }), "define a process");
 * assert.throws(() => requireAdmin(admin, new Headers({ "x-api-key": "guess" }), "define a process"), { status: 401 });
 * assert.throws(() => requireAdmin(undefined, new Headers(), "define a process"), { status: 403 });
 * ```
 */
export function requireAdmin(admin: Admin, headers: Headers, what: string): void {
  if (admin === "open") return;
  if (admin === undefined || admin.token === "") {
    throw new Refusal(
      403,
      "forbidden",
      `Cannot ${what}: this needs the admin token, and none is configured; set one, or start with --process-open`,
    );
  }
  const given = tokensOf(headers);
  if (given.some((token) => isSame(token, admin.token))) return;
  const why = given.length === 0
    ? 'this needs the admin token, in "Authorization: Bearer TOKEN" or "X-Api-Key: TOKEN"'
    : "the token is not the admin token";
  throw new Refusal(401, "unauthorized", `Cannot ${what}: ${why}`, { "www-authenticate": 'Bearer realm="happi"' });
}

function tokensOf(headers: Headers): string[] {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
  const protocols = (headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
  const spoken = protocols.filter((one) => one.startsWith(TOKEN_SUBPROTOCOL));
  const decoded = spoken.map((one) => decode(one.slice(TOKEN_SUBPROTOCOL.length)));
  return [bearer, headers.get("x-api-key"), ...decoded].flatMap((one) => one ?? []).filter((one) => one !== "");
}

function decode(base64url: string): string | undefined {
  try {
    const bytes = Uint8Array.fromBase64(base64url, { alphabet: "base64url" });
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

/** Takes as long for any two: digests are of one length. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
