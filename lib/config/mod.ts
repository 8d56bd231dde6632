/**
 * happi's configuration file: TOML, a table a surface.
 *
 * @module
 */
export { type ConfigPlace, InvalidConfig } from "./errors.ts";
export { type AgentConfig, type AgentSettings, readAgentConfig } from "./agent.ts";
export { readSpoaConfig, type SpoaConfig, type SpoaSettings } from "./spoa.ts";
