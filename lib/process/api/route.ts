/**
 * Routes of the API of processes as data: method, path, who may, and what answers. Nothing here knows the web framework.
 */

/** Who may: `operate` is everybody who reaches the listener, as `read`; the words are for the table of roles. */
export type Role = "read" | "operate" | "admin";

/** One request, as a handler sees it. */
export interface Call {
  readonly request: Request;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /**
   * Asks for the token where that depends on more than the route.
   *
   * @param what it wants to do, for the message
   * @throws {Refusal}
   */
  requireAdmin(what: string): void;
  /** Grants the request more time, in seconds: processes may take theirs to end. */
  allow(seconds: number): void;
}

/** Answers a call. */
export type Handler = (call: Call) => Response | Promise<Response>;

/** A route. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/processes/:name`, with a pattern where only some segments fit: `:pid{[0-9]+}`. */
  readonly path: string;
  readonly role: Role;
  readonly handle: Handler;
}

/** Answers with JSON. */
export function json(value: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { "content-type": "application/json; charset=UTF-8" },
  });
}

/** Answers `{"ok": true}`, with more members. */
export function ok(members: Readonly<Record<string, unknown>> = {}, status = 200): Response {
  return json({ ok: true, ...members }, status);
}
