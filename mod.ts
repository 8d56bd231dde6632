/**
 * happi as a library: HAProxy's socket, its Runtime API as methods, and the HTTP server over them. Each is also an entry
 * of its own (`./socket`, `./client`, `./server`). Nothing here prints, configures logging or reads the environment.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Client, NoSocket } from "./mod.ts";
 *
 * await using haproxy = new Client("/run/nobody-listens-here.sock");
 * await assert.rejects(() => haproxy.getServersState("web"), NoSocket);
 * ```
 *
 * @module
 */
export { HappiError } from "./lib/errors.ts";
export * from "./lib/socket/mod.ts";
export * from "./lib/client/mod.ts";
export * from "./lib/server/mod.ts";
