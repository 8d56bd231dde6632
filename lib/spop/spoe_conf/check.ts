/**
 * Reads a user's `spoe.conf` and tells what will not work with their HAProxy and their handlers. Text in, remarks out.
 */
import type { MessageSpec, VariableSpec } from "../policies/policy.ts";
import type { Agent } from "./agent_section.ts";
import { checkHandlers, checkVariables } from "./check_handlers.ts";
import { checkHaproxy } from "./check_haproxy.ts";
import { type Diagnostic, Diagnostics, REFUSED, SILENT } from "./diagnostic.ts";
import { readEngine } from "./engine.ts";
import { type HaproxyConfig, readHaproxyConfig } from "./haproxy_config.ts";
import { suggestion } from "./nearest.ts";
import { type EngineScope, readSpoeConf } from "./read.ts";
import { parseHaproxyVersion } from "./version.ts";

/** What the configuration is for. */
export interface CheckOptions {
  /** HAProxy's version: `3.2`. */
  readonly haproxyVersion: string;
  /** The engine to look at; all of the file if not said. */
  readonly engine?: string;
  /** What the handlers want; nothing is said about messages and arguments without it. */
  readonly handlers?: readonly MessageSpec[];
  /** What the handlers set; nothing is said about variables without it. */
  readonly variables?: readonly VariableSpec[];
  /** When the agent gives its default verdict, in milliseconds: `timeout processing` must be above it. */
  readonly deadlineMs?: number;
  /** The text of `haproxy.cfg`; nothing is said about backends and filters without it. */
  readonly haproxyConfig?: string;
}

/**
 * Checks a `spoe.conf`.
 *
 * It does not know every sample fetch and every ACL that there is: `haproxy -c` has the last word.
 *
 * @param text the file
 * @param options what it is for
 * @returns remarks in the order of the file; none when all is well
 * @throws {InvalidHaproxyVersion} when the version is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkSpoeConfig } from "./check.ts";
 * const text = "[e]\nspoe-agent a\n  mesages m\n  timeout processing 1s\n  use-backend b\n";
 * const [first] = checkSpoeConfig(text, { haproxyVersion: "3.2" }).filter((one) => one.line === 3);
 * assert.equal(first?.message, '"mesages" is no keyword of an agent');
 * assert.equal(first?.hint, 'did you mean "messages"?');
 * ```
 */
export function checkSpoeConfig(text: string, options: CheckOptions): Diagnostic[] {
  const { engine, handlers, variables = [], deadlineMs, haproxyConfig } = options;
  const version = parseHaproxyVersion(options.haproxyVersion);
  const config = haproxyConfig === undefined ? undefined : readHaproxyConfig(haproxyConfig);
  const diagnostics = new Diagnostics();
  const isChecked = (name: string | undefined) => engine === undefined || name === engine;
  const scopes = readSpoeConf(text, diagnostics, isChecked);
  checkScopes(scopes, engine, config, diagnostics);
  for (const scope of scopes.filter((one) => isChecked(one.engine) && isMeant(one, engine))) {
    const read = readEngine(scope, { diagnostics, version, bufsize: config?.bufsize ?? DEFAULT_BUFSIZE });
    if (handlers !== undefined) checkHandlers(read, handlers, diagnostics);
    if (read.agent !== undefined) {
      checkVariables(read.agent, variables, config, diagnostics);
      checkDeadline(read.agent, deadlineMs, diagnostics);
    }
    if (config !== undefined) checkHaproxy(read, config, version, variables, diagnostics);
  }
  return diagnostics.sorted();
}

const DEFAULT_BUFSIZE = 16384;

/** A scope without an agent and without a name is nobody's; it is no fault when there are others. */
function isMeant(scope: EngineScope, engine: string | undefined): boolean {
  return engine !== undefined || scope.engine !== undefined || scope.sections.length > 0;
}

/** Whether the engines that are asked for are in the file. */
function checkScopes(
  scopes: readonly EngineScope[],
  engine: string | undefined,
  config: HaproxyConfig | undefined,
  diagnostics: Diagnostics,
): void {
  const names = scopes.flatMap((scope) => scope.engine ?? []);
  const place = { line: 0 };
  if (engine !== undefined && !names.includes(engine)) {
    const message = `the file has no scope "[${engine}]"`;
    diagnostics.add(REFUSED, place, "no_scope", message, suggestion(engine, names));
  } else if (scopes.every((scope) => scope.sections.length === 0)) {
    diagnostics.add(REFUSED, place, "no_agent", "the file has no agent", 'add a section "spoe-agent NAME"');
  }
  // Without knowing which file a filter reads, only engines that are nowhere can be told.
  for (const filter of config?.proxies.flatMap((proxy) => proxy.filters) ?? []) {
    const isHere = filter.engine === undefined || names.includes(filter.engine) || engine !== undefined;
    if (isHere) continue;
    const message = `line ${filter.line} of haproxy.cfg names engine "${filter.engine ?? ""}", which this file has not`;
    const hint = `this is right when it reads another file; ${suggestion(filter.engine ?? "", names)}`;
    diagnostics.add(SILENT, place, "other_engine", message, hint);
  }
}

function checkDeadline(agent: Agent, deadlineMs: number | undefined, diagnostics: Diagnostics): void {
  const processing = agent.timeouts.get("processing");
  if (deadlineMs === undefined || processing === undefined || processing.ms > deadlineMs) return;
  const message = `"timeout processing" (${processing.ms} ms) is not above the agent's deadline (${deadlineMs} ms), ` +
    "so its default verdict comes too late";
  diagnostics.add(SILENT, processing.word, "deadline_order", message, "raise it, or lower the agent's deadline");
}
