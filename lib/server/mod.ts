/**
 * The HTTP server: HAPPI's routes and a plain JSON API over a {@linkcode Client}, guarded for this machine.
 *
 * @module
 */
export { type AppOptions, createApp } from "./app.ts";
export { type ServerEnv } from "./env.ts";
export { type GuardOptions } from "./guarded.ts";
export {
  type Collect,
  type HistogramSample,
  type Labels,
  type Metric,
  type Sample,
  type ValueSample,
} from "./metrics/metric.ts";
export { METRICS_TYPE, metricsText } from "./metrics/text.ts";
export { type ListenerOptions, type RunningServer, serve, type ServeOptions } from "./serve.ts";
export { serveSurfaces, type ServeSurfacesOptions } from "./serve_surfaces.ts";
export { serveWhole, type ServeWholeOptions } from "./serve_whole.ts";
export { ListenFailed, NonLoopbackListener } from "./errors.ts";
