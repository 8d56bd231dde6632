/**
 * The HTTP server: HAPPI's routes and a plain JSON API over a {@linkcode Client}, guarded for this machine.
 *
 * @module
 */
export { type AppOptions, createApp } from "./app.ts";
export { type ServerEnv } from "./env.ts";
export { type RunningServer, serve, type ServeOptions } from "./serve.ts";
export { ListenFailed, NonLoopbackListener } from "./errors.ts";
