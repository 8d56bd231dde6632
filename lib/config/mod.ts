/**
 * happi's configuration file: TOML, a table a surface.
 *
 * @module
 */
export { type ConfigPlace, InvalidConfig } from "./errors.ts";
export { readSpoaConfig, type SpoaConfig, type SpoaSettings } from "./spoa.ts";
