/**
 * Which web pages may use the API, and what their browsers are told: the seed's headers, though only for pages of this
 * server's own and of listed origins. The seed allowed every page in the world, with credentials.
 */
import { Refusal } from "./refusals.ts";

const CORS_HEADERS: Readonly<Record<string, string>> = {
  "access-control-allow-methods": "POST, GET, PUT, DELETE, OPTIONS",
  "access-control-max-age": "86400",
  "access-control-allow-headers":
    "X-Requested-With, X-HTTP-Method-Override, Content-Type, Accept, Authorization, X-Api-Key, Last-Event-ID",
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "Last-Event-ID, X-Happi-Lost",
};

/**
 * The headers for the page that a request comes from.
 *
 * @param headers the request's
 * @param origins allowed beside the server's own, such as `http://127.0.0.1:8000`
 * @returns headers of the answer; those of CORS only for a page
 * @throws {Refusal} 403 for pages of other origins, whatever they ask for
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { originHeaders } from "./origins.ts";
 * const own = new Headers({ host: "127.0.0.1:5000", origin: "http://127.0.0.1:5000" });
 * assert.equal(originHeaders(own, [])["access-control-allow-origin"], "http://127.0.0.1:5000");
 * assert.throws(() => originHeaders(new Headers({ host: "127.0.0.1", origin: "https://evil.example" }), []));
 * ```
 */
export function originHeaders(headers: Headers, origins: readonly string[]): Readonly<Record<string, string>> {
  const origin = headers.get("origin");
  if (origin === null) return { vary: "Origin" };
  if (!isOwn(origin, headers.get("host")) && !origins.some((one) => one.toLowerCase() === origin.toLowerCase())) {
    throw new Refusal(
      403,
      "foreign_origin",
      `Cannot answer a page of "${origin.slice(0, 200)}": it is not among the allowed origins`,
      { vary: "Origin" },
    );
  }
  return { vary: "Origin", "access-control-allow-origin": origin, ...CORS_HEADERS };
}

function isOwn(origin: string, host: string | null): boolean {
  return host !== null && /^https?:\/\//i.test(origin) && URL.parse(origin)?.host === URL.parse(`http://${host}`)?.host;
}
