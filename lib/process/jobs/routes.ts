/**
 * Jobs over HTTP, to be mounted at `/api/v1`: the words of gaffer's second API that are worth having, in happi's own shape
 * of errors.
 */
import type { Hono } from "hono";
import type { Admin } from "../api/admin.ts";
import { mountRoutes } from "../api/routes.ts";
import type { ProcessFacts } from "../facts_port.ts";
import type { Manager } from "../manager_face.ts";
import type { Commits } from "./commits.ts";
import { hookTable } from "./hooks.ts";
import { jobTable } from "./table.ts";

/** What the routes need. */
export interface JobRoutesOptions {
  readonly manager: Manager;
  readonly facts: ProcessFacts;
  /** The same as for {@linkcode processRoutes}. */
  readonly commits: Commits;
  /** The token for what runs code; `open` for none. Without either nobody may define anything. */
  readonly admin?: Admin;
  /** Origins of web pages that may use the API beside the server's own, such as `http://127.0.0.1:8000`. */
  readonly origins?: readonly string[];
}

/**
 * Makes the routes. A job `app.web` is process `app:web`; session `default` holds processes without a group.
 *
 * | route | |
 * |---|---|
 * | `GET /sessions`, `GET /jobs`, `GET /jobs/S` | names |
 * | `POST /jobs/S` (admin) | `{name, cmd, ...}`: a new job |
 * | `GET`, `PUT` (admin), `DELETE` (admin) `/jobs/S/N` | one: how it is, and its definition |
 * | `GET /jobs/S/N/stats`, `/pids`, `/numprocesses`, `/state` | |
 * | `POST /jobs/S/N/numprocesses` | `{"scale": 2}` or "+2" more, "-2" fewer, "=2" so many |
 * | `POST /jobs/S/N/signal` | `{"signal": "HUP"}` or a number |
 * | `POST /jobs/S/N/state` | `1` starts, `0` stops, `2` restarts |
 * | `POST /jobs/S/N/commit` | `{graceful_timeout, env}`, both optional: runs it once, gives `{"pid"}`; with `env` only for admin |
 * | `GET /jobs/S/N/commits` | the last 100 such runs with their exit status |
 * | `POST /hooks/before/W`, `/hooks/after/W` | runs hooks: `{"ok", "results"}`; 409 when one that is before W failed |
 *
 * @param options the manager and its surroundings
 * @returns an app to be mounted at `/api/v1`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProcessManager } from "../manager.ts";
 * import { Commits } from "./commits.ts";
 * import { jobRoutes } from "./routes.ts";
 * await using manager = new ProcessManager();
 * await manager.add({ name: "app:web", cmd: "server", start: false });
 * const nothing = () => Promise.reject(new Error("not asked"));
 * const facts = { process: nothing, template: nothing };
 * const app = jobRoutes({ manager, facts, commits: new Commits(manager) });
 * assert.deepEqual(await (await app.request("/jobs")).json(), { jobs: ["app.web"] });
 * ```
 */
export function jobRoutes({ admin, origins = [], ...backing }: JobRoutesOptions): Hono {
  return mountRoutes({
    routes: [...jobTable(backing), ...hookTable(backing.manager)],
    admin,
    origins,
    errorBody: ({ code, message }) => ({ error: { code, message } }),
  });
}
