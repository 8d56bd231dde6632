/**
 * The process keeper: definitions of helpers, their processes, output and input, and the HTTP API for all of it.
 *
 * @module
 */
export { type Definition, type DependencyState, type Flapping, type Readiness } from "./definition.ts";
export { DEFINITION_KEYS, readDefinition } from "./read_definition.ts";
export { writeDefinition } from "./write_definition.ts";
export { DefinitionsStore, type DefinitionsStoreOptions } from "./definitions_store.ts";
export { InvalidEnvFile, readEnvFile } from "./dotenv.ts";
export {
  InvalidProcfile,
  procfileDefinitions,
  type ProcfileEntry,
  type ProcfileOptions,
  readProcfile,
} from "./procfile.ts";
export { type SystemdOptions, type SystemdUnit, systemdUnits } from "./systemd_unit.ts";
export { toIni } from "./ini_export.ts";
export { commandLine } from "./command_line.ts";
export { parseSignal, signalName } from "./signals.ts";
export { splitWords } from "./words.ts";
export {
  type Manager,
  type ProcessEvent,
  type ProcessExit,
  type ProcessStatus,
  type RunningProcess,
} from "./manager_face.ts";
export { type InputLimits } from "./input.ts";
export { type OutputLimits } from "./output.ts";
export { ProcessManager, type ProcessManagerOptions } from "./manager.ts";
export { endLeftovers, findLeftovers, type Leftover, markOf } from "./leftovers.ts";
export {
  CannotStart,
  InputFull,
  InvalidDefinition,
  InvalidSignal,
  NoInput,
  ProcessExists,
  ProcessNotFound,
  UnknownAccount,
} from "./errors.ts";
export { type ProcessFacts, type ProcessInfo, type TemplateStats } from "./facts_port.ts";
export { type CommitRecord, Commits } from "./jobs/commits.ts";
export { jobRoutes, type JobRoutesOptions } from "./jobs/routes.ts";
export { processRoutes, type ProcessRoutesOptions } from "./routes.ts";
export { type Admin } from "./api/admin.ts";
export { createFacts, type Facts, type ProcessUsage } from "./facts/facts.ts";
export { ProcessReader, type ReaderOptions } from "./facts/reader.ts";
export { type ProcessMetric, processMetrics } from "./metrics.ts";
export { type ProcessCounts, ProcessTally } from "./tally.ts";
export { InvalidWebhook, type WebhookOptions, Webhooks, type WebhookTable } from "./webhooks.ts";
export { readinessProblem, type ReadyOptions, untilReady } from "./readiness/until_ready.ts";
export {
  HookFailed,
  type HookOptions,
  type HookResult,
  type HookTime,
  isHook,
  runHooks,
  throwIfFailed,
} from "./order/hooks.ts";
export { type ServerSwitch, Serving, type ServingOptions } from "./order/server_switch.ts";
