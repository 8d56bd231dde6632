/**
 * One engine of a file: its agent, messages and groups, with their names put together (SPOE.txt 2.1).
 */
import { type Agent, type AgentContext, readAgent } from "./agent_section.ts";
import { DEAD, type Diagnostics, REFUSED, SILENT } from "./diagnostic.ts";
import { checkSentMessage, type Group, type Message, readGroup, readMessage } from "./message_section.ts";
import { suggestion } from "./nearest.ts";
import type { EngineScope, Section } from "./read.ts";
import type { Word } from "./words.ts";

/** An engine. */
export interface Engine {
  readonly name: string | undefined;
  readonly line: number;
  /** `undefined` when there is none, which has been said. */
  readonly agent: Agent | undefined;
  /** Messages by name. */
  readonly messages: ReadonlyMap<string, Message>;
  /** Those that the agent sends, at their event or in a group. */
  readonly sent: readonly Message[];
  /** Groups by name, those only that the agent uses. */
  readonly groups: ReadonlyMap<string, Group>;
}

/**
 * Reads and checks an engine.
 *
 * @param scope its sections
 * @param context for what, and where remarks go
 */
export function readEngine(scope: EngineScope, context: AgentContext): Engine {
  const { diagnostics } = context;
  const of = (kind: Section["kind"]) => scope.sections.filter((section) => section.kind === kind);
  const [agentSection, ...otherAgents] = of("spoe-agent");
  for (const { name } of otherAgents) {
    const message = `an engine has one agent, and "${name.text}" is another`;
    diagnostics.add(REFUSED, name, "second_agent", message, "give it a scope of its own: [NAME]");
  }
  const agent = agentSection === undefined ? undefined : readAgent(agentSection, context);
  if (agent === undefined) {
    const message = `engine "${scope.engine ?? ""}" has no agent`;
    diagnostics.add(REFUSED, scope, "no_agent", message, 'add a section "spoe-agent NAME"');
  }
  const messages = byName(of("spoe-message").map((one) => readMessage(one, diagnostics)), "message", diagnostics);
  const groups = byName(of("spoe-group").map((one) => readGroup(one, diagnostics)), "group", diagnostics);
  return agent === undefined
    ? { name: scope.engine, line: scope.line, agent, messages, sent: [], groups: new Map() }
    : { name: scope.engine, line: scope.line, agent, messages, ...connect(agent, messages, groups, diagnostics) };
}

function byName<T extends { readonly name: Word }>(
  all: readonly T[],
  what: string,
  diagnostics: Diagnostics,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const one of all) {
    const { name } = one;
    const other = found.get(name.text);
    if (other === undefined) {
      found.set(name.text, one);
    } else {
      const message = `${what} "${name.text}" is there already, in line ${other.name.line}`;
      diagnostics.add(REFUSED, name, "duplicate_section", message, "give it another name");
    }
  }
  return found;
}

/** Follows the names from the agent to its groups and messages. */
function connect(
  agent: Agent,
  messages: ReadonlyMap<string, Message>,
  groups: ReadonlyMap<string, Group>,
  diagnostics: Diagnostics,
): Pick<Engine, "sent" | "groups"> {
  const sent = new Set<Message>();
  const used = new Map<string, Group>();
  const groupOf = new Map<string, string>();
  for (const name of agent.messages.values()) {
    const message = find(messages, name, "message", diagnostics);
    if (message === undefined) continue;
    sent.add(message);
    if (message.event === undefined) {
      const text = `message "${name.text}" has no event and is never sent`;
      diagnostics.add(
        { ...DEAD, haproxy: "warns" },
        message.name,
        "no_event",
        text,
        'add "event NAME", or put it into a group',
      );
    }
    checkSentMessage(message, diagnostics);
  }
  for (const name of agent.groups.values()) {
    const group = find(groups, name, "group", diagnostics);
    if (group === undefined) continue;
    used.set(name.text, group);
    for (const member of group.messages.values()) {
      const message = find(messages, member, "message", diagnostics);
      const other = groupOf.get(member.text);
      if (other !== undefined && other !== name.text) {
        const text = `message "${member.text}" belongs to group "${other}" already`;
        diagnostics.add(REFUSED, member, "second_group", text, "make a message of another name for this group");
      }
      groupOf.set(member.text, name.text);
      if (message !== undefined) sent.add(message);
    }
  }
  noteUnused(messages, groups, { sent: [...sent], groups: used }, diagnostics);
  return { sent: [...sent], groups: used };
}

function find<T>(all: ReadonlyMap<string, T>, name: Word, what: string, diagnostics: Diagnostics): T | undefined {
  const found = all.get(name.text);
  if (found === undefined && !name.hasVariable) {
    const message = `there is no ${what} "${name.text}"`;
    diagnostics.add(REFUSED, name, `unknown_${what}`, message, () => suggestion(name.text, [...all.keys()]));
  }
  return found;
}

function noteUnused(
  messages: ReadonlyMap<string, Message>,
  groups: ReadonlyMap<string, Group>,
  used: Pick<Engine, "sent" | "groups">,
  diagnostics: Diagnostics,
): void {
  const sent = new Set(used.sent);
  for (const message of messages.values()) {
    if (sent.has(message)) continue;
    const { name } = message;
    const text = `message "${name.text}" is in no "messages" line and is never sent`;
    diagnostics.add(SILENT, name, "unused_message", text, `add "messages ${name.text}" to the agent`);
  }
  for (const [name, group] of groups) {
    if (used.groups.has(name)) continue;
    const text = `group "${name}" is in no "groups" line and cannot be sent`;
    diagnostics.add(SILENT, group.name, "unused_group", text, `add "groups ${name}" to the agent`);
  }
}
