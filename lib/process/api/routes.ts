/**
 * Puts a table of routes on a Hono app: roles, methods that a path does not take, paths that are not there, and the
 * shape of errors.
 */
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { getLogger } from "@logtape/logtape";
import { type Admin, requireAdmin } from "./admin.ts";
import { originHeaders } from "./origins.ts";
import { tellError, type ToldError } from "./refusals.ts";
import type { Call, Route } from "./route.ts";

const LOG = getLogger(["happi", "process"]);

/** How routes are mounted. */
export interface MountOptions {
  readonly routes: readonly Route[];
  readonly admin: Admin;
  /** How an error is written. */
  readonly errorBody: (error: ToldError) => Readonly<Record<string, unknown>>;
  /** Origins of web pages that may use the routes beside the server's own. */
  readonly origins: readonly string[];
  /** Whether everything below belongs to these routes: unknown paths and methods are answered here; not if not given. */
  readonly isWhole?: boolean;
}

/** What a server's guards may have left with a request. */
interface MaybeGuarded {
  Variables: { readonly deadline?: { extend(ms: number): void } };
}

/**
 * Makes the app.
 *
 * @param options the table, and what surrounds it
 */
export function mountRoutes({ routes, admin, errorBody, origins, isWhole = false }: MountOptions): Hono {
  const app = new Hono<MaybeGuarded>();
  app.onError((thrown, c) => {
    const told = tellError(thrown) ?? unplanned(thrown);
    return c.json(errorBody(told), told.status as ContentfulStatusCode, { ...told.headers });
  });
  const checkOrigin = (c: Context<MaybeGuarded>) => {
    for (const [name, value] of Object.entries(originHeaders(c.req.raw.headers, origins))) c.header(name, value);
  };
  if (isWhole) {
    app.use(async (c, next) => {
      checkOrigin(c);
      await next();
    });
  }
  for (const [path, methods] of Map.groupBy(routes, (route) => route.path)) {
    for (const { method, role, handle } of methods) {
      app.on(method, path, async (c) => {
        // What is beside these routes is not theirs to refuse, but each of them is.
        if (!isWhole) checkOrigin(c);
        const call = callOf(c, admin);
        if (role === "admin") call.requireAdmin(`${method} "${c.req.path}"`);
        return answer(c, await handle(call));
      });
    }
    if (isWhole) {
      const allow = allowed(methods);
      app.options(path, (c) => c.body(null, 204, { allow }));
      app.all(path, (c) => {
        const message = `Cannot ${c.req.raw.method} "${c.req.path}": it takes ${allow}`;
        return c.json(errorBody({ status: 405, code: "method_not_allowed", message }), 405, { allow });
      });
    }
  }
  if (isWhole) {
    app.options("*", (c) => c.body(null, 204));
    app.all("*", (c) => {
      const message = `Cannot find "${c.req.path}": there is no such route`;
      return c.json(errorBody({ status: 404, code: "resource_not_found", message }), 404);
    });
  }
  // To whoever mounts it, it is an app like any other.
  return new Hono().route("/", app);
}

function callOf(c: Context<MaybeGuarded>, admin: Admin): Call {
  const { raw } = c.req;
  return {
    request: raw,
    params: c.req.param(),
    query: new URL(raw.url).searchParams,
    requireAdmin: (what) => requireAdmin(admin, raw.headers, what),
    allow: (seconds) => c.get("deadline")?.extend(seconds * 1000),
  };
}

/** The answer with the headers that are set already; one that changes the protocol is passed on as it is. */
function answer(c: Context, response: Response): Response {
  if (response.status === 101) return response;
  // Nobody would read the body of a HEAD, nor end it.
  if (c.req.raw.method === "HEAD") void response.body?.cancel();
  const body = c.req.raw.method === "HEAD" ? null : response.body;
  return c.newResponse(body, response.status as ContentfulStatusCode, Object.fromEntries(response.headers));
}

function allowed(methods: readonly Route[]): string {
  const names: string[] = methods.map(({ method }) => method);
  return [...names, ...(names.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
}

function unplanned(error: unknown): ToldError {
  LOG.error("Unexpected error: {error}", { error });
  return {
    status: 500,
    code: "internal",
    message: "Cannot answer: a fault of happi's own, which its log tells of",
  };
}
