/**
 * Whether a configuration sends what the handlers want, and lets through what they set.
 */
import type { Scope } from "../codec/mod.ts";
import type { MessageSpec, VariableSpec } from "../policies/policy.ts";
import { type Agent, prefixOf } from "./agent_section.ts";
import { DEAD, type Diagnostics, NOTED, SILENT } from "./diagnostic.ts";
import type { Engine } from "./engine.ts";
import type { HaproxyConfig } from "./haproxy_config.ts";
import type { Message } from "./message_section.ts";
import { suggestion } from "./nearest.ts";

/** The scopes as rules write them. */
export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  process: "proc",
  session: "sess",
  transaction: "txn",
  request: "req",
  response: "res",
};

/**
 * Checks the messages against the handlers.
 *
 * @param engine the configuration
 * @param handlers what the handlers want
 * @param diagnostics where remarks go
 */
export function checkHandlers(engine: Engine, handlers: readonly MessageSpec[], diagnostics: Diagnostics): void {
  const names = handlers.map((handler) => handler.name);
  for (const message of engine.sent) {
    const { name } = message;
    const handler = handlers.find((one) => one.name === name.text);
    if (handler === undefined) {
      const text = `no handler is there for message "${name.text}", so it is answered without any variable`;
      diagnostics.add(DEAD, name, "unhandled_message", text, () => suggestion(name.text, names));
    } else {
      checkArguments(message, handler, diagnostics);
      checkEvent(message, handler, diagnostics);
    }
  }
  for (const handler of handlers) {
    if (engine.sent.some((message) => message.name.text === handler.name)) continue;
    const sent = engine.sent.map((message) => message.name.text);
    const text = `message "${handler.name}" has a handler and is never sent`;
    const place = engine.agent?.name ?? engine;
    diagnostics.add(SILENT, place, "never_sent", text, `add it to "messages"; ${suggestion(handler.name, sent)}`);
  }
}

function checkArguments(message: Message, handler: MessageSpec, diagnostics: Diagnostics): void {
  const wanted = handler.args.map((argument) => argument.name);
  for (const { word, name } of message.args) {
    if (name === "" || wanted.includes(name)) continue;
    const text = `the handler of "${handler.name}" does not know argument "${name}"`;
    diagnostics.add(SILENT, word, "unknown_argument", text, () => suggestion(name, wanted));
  }
  for (const { name, fetch, isOptional } of handler.args) {
    if (message.args.some((argument) => argument.name === name)) continue;
    const kind = isOptional === true ? NOTED : DEAD;
    const code = isOptional === true ? "optional_argument" : "missing_argument";
    const text = isOptional === true
      ? `message "${handler.name}" may have argument "${name}" too`
      : `message "${handler.name}" has no argument "${name}", and its handler needs it`;
    diagnostics.add(kind, message.name, code, text, `write "args ${name}=${fetch}"`);
  }
}

function checkEvent({ event }: Message, handler: MessageSpec, diagnostics: Diagnostics): void {
  if (event === undefined || event.name === handler.event) return;
  const text = `message "${handler.name}" is usually sent at "${handler.event}", and here at "${event.name}"`;
  diagnostics.add(NOTED, event.word, "other_event", text, `write "event ${handler.event}" if this is not meant`);
}

/**
 * Checks that HAProxy takes the variables: it drops those that nothing names, without a word.
 *
 * @param agent the agent
 * @param variables what the handlers set
 * @param config `haproxy.cfg`; without it only the agent's own lines count
 * @param diagnostics where remarks go
 */
export function checkVariables(
  agent: Agent,
  variables: readonly VariableSpec[],
  config: HaproxyConfig | undefined,
  diagnostics: Diagnostics,
): void {
  const prefix = prefixOf(agent);
  const isForced = agent.options.has("force-set-var");
  const registered = agent.registered.map((word) => word.text);
  for (const { scope, name } of isForced ? [] : variables) {
    const whole = `${SCOPE_WORDS[scope]}.${prefix}.${name}`;
    if (scope === "process") {
      const text = `variable "${whole}" is of scope process, which HAProxy lets no agent create`;
      diagnostics.add(DEAD, agent.name, "process_variable", text, 'add "option force-set-var", or use another scope');
    } else if (!registered.includes(name) && !config?.variables.some((mention) => mention.name === whole)) {
      const where = config === undefined ? "here" : "here or in haproxy.cfg";
      const text = `variable "${whole}" is named nowhere ${where}, and HAProxy drops it without a word`;
      const hint = `add "register-var-names ${name}", or use var(${whole})`;
      diagnostics.add(config === undefined ? NOTED : SILENT, agent.name, "unregistered_variable", text, hint);
    }
  }
  for (const word of agent.registered) {
    if (variables.length === 0 || variables.some((variable) => variable.name === word.text)) continue;
    const text = `no handler sets variable "${word.text}"`;
    diagnostics.add(NOTED, word, "unset_variable", text, suggestion(word.text, variables.map((one) => one.name)));
  }
}
