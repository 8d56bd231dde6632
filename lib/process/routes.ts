/**
 * The API of processes, whole: gaffer's first, with its defects mended. Mounted at `/` of a listener of its own, every curl
 * line of the seed works as it is written; on happi's server it is mounted at `/api/v1/process`.
 */
import type { Hono } from "hono";
import type { Admin } from "./api/admin.ts";
import { mountRoutes } from "./api/routes.ts";
import type { Backing } from "./seed/backing.ts";
import { groupRoutes } from "./seed/groups.ts";
import { pidRoutes } from "./seed/pids.ts";
import { processesRoutes } from "./seed/processes.ts";
import { statusRoutes } from "./seed/status.ts";
import { streamRoutes } from "./seed/streams.ts";
import { watchRoutes } from "./seed/watch.ts";

/** What the routes need. */
export interface ProcessRoutesOptions extends Backing {
  /** The token for what runs code (definitions, stdin); `open` for none. Without either nobody may do these. */
  readonly admin?: Admin;
  /** Origins of web pages that may use the API beside the server's own, such as `http://127.0.0.1:8000`. */
  readonly origins?: readonly string[];
  /** happi's own version. */
  readonly version?: string;
}

/**
 * Makes the routes. Everything below where they are mounted is theirs: what is not there is answered 404, what a path does
 * not take 405, `OPTIONS` 204.
 *
 * | route | |
 * |---|---|
 * | `GET /`, `GET /ping` | |
 * | `GET /processes[?running=1]`, `POST /processes` (admin) | names, or numbers of what runs; a new definition |
 * | `GET`, `PUT` or `POST` (admin), `DELETE` (admin) `/processes/NAME` | a definition, without its environment |
 * | `GET`, `DELETE /processes/PID` | of a process's number its definition; ends that one |
 * | `GET /processes/NAME/_pids`; `POST …/_start`, `_stop`, `_restart`, `_add[/N]`, `_sub[/N]`, `_signal/SIGNAL` | |
 * | `POST /processes/PID/_stop`, `_signal/SIGNAL` | |
 * | `GET /status/NAME`, `/stats`, `/stats/NAME`, `/stats/NAME/PID` | `?feed=normal`, `continuous`, `eventsource`; `?interval=` |
 * | `GET /watch`, `/watch/EVENT`, `/watch/proc/NAME[/EVENT]` | events: `?feed=longpoll`, `continuous`, `eventsource` |
 * | `GET /streams/PID/LABEL` | output: the same, with `?heartbeat=`, `?tail=` lines, `?after=` |
 * | `POST /streams/PID/stdin` or `ttin` (admin), `DELETE` (admin) | input, and its end |
 * | WebSocket `/wstreams/PID` (admin) | both; `?binary=1` |
 * | `GET /groups`, `/groups/G`; `POST …/_start`, `_stop`, `_restart`; `DELETE` (admin) | |
 *
 * Errors are `{"error": WORD, "reason": SENTENCE}`.
 *
 * @param options the manager and its surroundings
 * @returns an app to be mounted anywhere
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Commits } from "./jobs/commits.ts";
 * import { ProcessManager } from "./manager.ts";
 * import { processRoutes } from "./routes.ts";
 * await using manager = new ProcessManager();
 * await manager.add({ name: "web", cmd: "server", start: false });
 * const nothing = () => Promise.reject(new Error("not asked"));
 * const facts = { process: nothing, template: nothing };
 * const app = processRoutes({ manager, facts, commits: new Commits(manager) });
 * assert.deepEqual(await (await app.request("/processes")).json(), ["web"]);
 * assert.equal((await app.request("/processes/web", { method: "DELETE" })).status, 403);
 * ```
 */
export function processRoutes({ admin, origins = [], version = "unknown", ...backing }: ProcessRoutesOptions): Hono {
  return mountRoutes({
    routes: [
      ...statusRoutes(backing, version),
      ...pidRoutes(backing),
      ...processesRoutes(backing),
      ...watchRoutes(backing),
      ...streamRoutes(backing),
      ...groupRoutes(backing),
    ],
    admin,
    errorBody: ({ code, message }) => ({ error: code, reason: message }),
    origins,
    isWhole: true,
  });
}
