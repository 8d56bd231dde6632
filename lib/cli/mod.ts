/**
 * The command line: one file a command, and the only place that prints, reads the environment and configures logging.
 *
 * @module
 */
export { type Environment, type Input, type Output, type Terminal } from "./environment.ts";
export { processEnvironment } from "./process_environment.ts";
export { run } from "./program.ts";
