/**
 * `spoe.conf`: generated for policies, and checked against handlers and HAProxy's version. Text in, text out.
 *
 * @module
 */
export { type CheckOptions, checkSpoeConfig } from "./check.ts";
export { type Diagnostic } from "./diagnostic.ts";
export { CannotGenerate, type GenerateOptions, generateSpoeConfig, type SpoeConfig } from "./generate.ts";
export { type HaproxyVersion, InvalidHaproxyVersion, parseHaproxyVersion } from "./version.ts";
