/**
 * A server that is one app's alone, from `/` on: for an API whose own words and headers nothing of happi's may come before.
 */
import { Hono } from "hono";
import type { Env } from "hono/types";
import type { ServerEnv } from "./env.ts";
import { answerError } from "./error_answer.ts";
import type { GuardOptions } from "./guarded.ts";
import { accessLog } from "./guards/access_log.ts";
import { deadline } from "./guards/deadline.ts";
import { host } from "./guards/host.ts";
import { type ListenerOptions, type RunningServer, serveApp } from "./serve.ts";

/** What is served, and where. */
export interface ServeWholeOptions extends Pick<GuardOptions, "hosts" | "deadlineMs">, ListenerOptions {
  /** Makes the app, which answers for foreign pages and large bodies itself; streams end with the signal. */
  readonly app: (stopping: AbortSignal) => Hono<Env>;
}

/**
 * Starts the server: the app behind the guards for its Host and its time.
 *
 * @param options the app, the address and the limits
 * @throws {NonLoopbackListener} when other machines reach the address and `insecure` is not set
 * @throws {ListenFailed} when the address cannot be had
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Hono } from "hono";
 * import { formatAddress } from "../net/mod.ts";
 * import { serveWhole } from "./serve_whole.ts";
 *
 * const app = () => new Hono().get("/ping", (c) => c.text("OK"));
 * await using server = await serveWhole({ listen: "127.0.0.1:0", app });
 * const response = await fetch(`http://${formatAddress(server.address)}/ping`);
 * assert.equal(await response.text(), "OK");
 * ```
 */
export async function serveWhole(options: ServeWholeOptions): Promise<RunningServer> {
  return await serveApp(options, ({ stopping, hosts, cut }) => {
    const app = new Hono<ServerEnv>();
    app.use(accessLog);
    if (hosts !== "any") app.use(host(hosts));
    app.use(deadline({ deadlineMs: options.deadlineMs ?? 15_000, cut }));
    app.onError(answerError);
    return app.route("/", options.app(stopping));
  });
}
