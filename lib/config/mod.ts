/**
 * happi's configuration file: TOML, a table a surface.
 *
 * @module
 */
export { type ConfigPlace, InvalidConfig } from "./errors.ts";
export { type AgentConfig, type AgentSettings, readAgentConfig } from "./agent.ts";
export { type ProcessConfig, type ProcessSettings, readProcessConfig } from "./process.ts";
export { readServicesConfig, type ServicesConfig, type ServicesSettings } from "./services.ts";
export { readSourcesConfig, type SourcesConfig } from "./sources.ts";
export { readSpoaConfig, type SpoaConfig, type SpoaSettings } from "./spoa.ts";
