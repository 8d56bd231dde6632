/**
 * Whether `haproxy.cfg` and `spoe.conf` fit: filters, the agents' backends, times, groups and variables.
 */
import type { VariableSpec } from "../policies/policy.ts";
import { type Agent, prefixOf } from "./agent_section.ts";
import { SCOPE_WORDS } from "./check_handlers.ts";
import { DEAD, type Diagnostics, NOTED, REFUSED, SILENT } from "./diagnostic.ts";
import type { Engine } from "./engine.ts";
import type { HaproxyConfig, Proxy } from "./haproxy_config.ts";
import { suggestion } from "./nearest.ts";
import { type HaproxyVersion, hasSpopMode } from "./version.ts";

/**
 * Checks an engine against `haproxy.cfg`. Remarks stand at the lines of `spoe.conf`; lines of `haproxy.cfg` are named in them.
 *
 * @param engine the engine
 * @param config `haproxy.cfg`
 * @param version HAProxy's
 * @param variables what the handlers set; empty when that is not known
 * @param diagnostics where remarks go
 */
export function checkHaproxy(
  engine: Engine,
  config: HaproxyConfig,
  version: HaproxyVersion,
  variables: readonly VariableSpec[],
  diagnostics: Diagnostics,
): void {
  const { agent } = engine;
  if (agent === undefined) return;
  checkFilters(engine, agent, config, diagnostics);
  checkGroups(engine, config, diagnostics);
  if (variables.length > 0) checkMentions(agent, config, variables, diagnostics);
  const { backend } = agent;
  if (backend === undefined || backend.hasVariable) return;
  const backends = config.proxies.filter((proxy) => proxy.kind !== "frontend");
  const found = backends.find((proxy) => proxy.name === backend.text);
  if (found === undefined) {
    const message = `haproxy.cfg has no backend "${backend.text}"`;
    const hint = suggestion(backend.text, backends.map((proxy) => proxy.name));
    diagnostics.add(REFUSED, backend, "unknown_backend", message, hint);
    return;
  }
  checkMode(found, backend, version, diagnostics);
  checkTimes(found, agent, version, diagnostics);
}

function checkFilters(engine: Engine, agent: Agent, config: HaproxyConfig, diagnostics: Diagnostics): void {
  const proxies = config.proxies.filter((proxy) => proxy.filters.some((filter) => filter.engine === engine.name));
  if (proxies.length === 0) {
    const line = engine.name === undefined
      ? "filter spoe config FILE"
      : `filter spoe engine ${engine.name} config FILE`;
    const message = `no proxy of haproxy.cfg uses engine "${engine.name ?? agent.name.text}"`;
    diagnostics.add(SILENT, agent.name, "no_filter", message, `add "${line}" to a frontend`);
  }
  for (const proxy of proxies) {
    for (const { event } of engine.sent) {
      if (event === undefined || !event.name.includes("http") || proxy.mode === "http") continue;
      const message = `"${proxy.name}" is of mode ${proxy.mode}, where "${event.name}" never comes`;
      diagnostics.add(DEAD, event.word, "event_needs_http", message, 'add "mode http" to it, or use a tcp event');
    }
    const body = engine.sent.flatMap((message) => message.args).find((one) => /^req\.body\b/.test(one.expression));
    if (body !== undefined && proxy.mode === "http" && !proxy.options.has("http-buffer-request")) {
      const message = `"${proxy.name}" does not wait for the body, so "${body.expression}" is often empty`;
      diagnostics.add(SILENT, body.word, "body_not_buffered", message, 'add "option http-buffer-request" to it');
    }
  }
}

function checkGroups(engine: Engine, config: HaproxyConfig, diagnostics: Diagnostics): void {
  for (const mention of config.groups) {
    const [name = "", group = ""] = mention.name.split(" ");
    if (name !== (engine.name ?? engine.agent?.name.text) || engine.groups.has(group)) continue;
    const message = `line ${mention.line} of haproxy.cfg sends group "${group}", which the agent has not`;
    const hint = suggestion(group, [...engine.groups.keys()]);
    diagnostics.add(REFUSED, engine.agent?.name ?? engine, "unknown_group", message, hint);
  }
}

/** Variables of the agent's prefix that rules use and nobody sets. */
function checkMentions(
  agent: Agent,
  config: HaproxyConfig,
  variables: readonly VariableSpec[],
  diagnostics: Diagnostics,
): void {
  const prefix = prefixOf(agent);
  const own = ["set-on-error", "set-process-time", "set-total-time"]
    .flatMap((option) => agent.options.get(option)?.text ?? []).map((name) => `txn.${prefix}.${name}`);
  const known = [...own, ...variables.map(({ scope, name }) => `${SCOPE_WORDS[scope]}.${prefix}.${name}`)];
  for (const { name, line } of config.variables) {
    if (name.split(".").slice(1).join(".").startsWith(`${prefix}.`) && !known.includes(name)) {
      const message = `line ${line} of haproxy.cfg uses variable "${name}", which nobody sets`;
      diagnostics.add(DEAD, agent.name, "unknown_variable", message, () => suggestion(name, known));
    }
  }
}

/** For each mode of a backend what becomes of it. */
function checkMode(proxy: Proxy, place: Agent["name"], version: HaproxyVersion, diagnostics: Diagnostics): void {
  const wanted = hasSpopMode(version) ? "spop" : "tcp";
  if (proxy.mode === wanted) return;
  if (wanted === "spop" && proxy.mode === "tcp") {
    const message = `backend "${proxy.name}" is of mode tcp, which HAProxy takes for spop`;
    diagnostics.add(NOTED, place, "mode_tcp", message, 'write "mode spop"');
    return;
  }
  const message = `backend "${proxy.name}" is of mode ${proxy.mode}, and an agent's must be ${wanted}`;
  diagnostics.add(REFUSED, place, "bad_mode", message, `write "mode ${wanted}"`);
}

/** Times of the agent that the backend's own cut short: agent's, backend's, and since when it no longer matters. */
const TIME_PAIRS = [
  { agent: "hello", backend: "connect", why: "the connection to the agent" },
  { agent: "idle", backend: "server", why: "an idle connection to the agent" },
  { agent: "processing", backend: "server", why: "a connection that waits for a verdict" },
] as const;

function checkTimes(proxy: Proxy, agent: Agent, version: HaproxyVersion, diagnostics: Diagnostics): void {
  for (const pair of TIME_PAIRS) {
    const own = agent.timeouts.get(pair.agent);
    const other = proxy.timeouts.get(pair.backend);
    if (own === undefined || other === undefined || other === 0 || own.ms < other) continue;
    if (hasSpopMode(version) && pair.agent !== "processing") continue;
    const message = `"timeout ${pair.agent}" (${own.ms} ms) is not below "timeout ${pair.backend}" (${other} ms) of ` +
      `backend "${proxy.name}", which ends ${pair.why} first`;
    diagnostics.add(SILENT, own.word, "timeout_order", message, `raise "timeout ${pair.backend}" of the backend`);
  }
}
