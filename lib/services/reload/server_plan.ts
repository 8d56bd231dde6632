/**
 * The commands that make a server as it is remembered, and nothing for what it is already. Pure.
 */
import { canonicalAddress } from "../reconcile/addresses.ts";
import { line } from "../reconcile/step.ts";
import type { ServerDocument, ServerSettings } from "./document.ts";
import type { Found, FoundServer } from "./found.ts";
import type { Plan } from "./plan.ts";

/** What has to be done to one server. */
export function planServer(document: ServerDocument, found: Found): Plan {
  const { name, made, is_deleted: isDeleted } = document;
  const server = found.servers.get(name);
  const backend = name.slice(0, name.indexOf("/"));
  if (isDeleted) return server === undefined ? NOTHING : { ...NOTHING, why: ["it was deleted"], isApart: true };
  if (!found.backends.has(backend)) return { ...NOTHING, missing: `there is no backend "${backend}"` };
  if (server === undefined && made === undefined) return { ...NOTHING, missing: "there is no such server" };
  const changes = FIELDS.flatMap((field) => changeOf(field, document, server));
  if (server !== undefined || made === undefined) {
    return { ...NOTHING, lines: changes.flatMap(({ lines }) => lines), why: changes.flatMap(({ why }) => why) };
  }
  const { address, keywords } = made;
  const adding = line("addServer", name, address, { keywords });
  return {
    ...NOTHING,
    lines: [adding, ...changes.flatMap(({ lines }) => lines)],
    why: [`it was added at ${address}`],
  };
}

const NOTHING: Plan = { lines: [], why: [] };

/** How a setting is made, and where HAProxy shows it. */
interface Field {
  readonly keys: readonly (keyof ServerSettings)[];
  lines(name: string, wanted: ServerSettings): string[];
  /** The check that has to run meanwhile: HAProxy changes nothing of one that is off. */
  readonly whileOn?: "check" | "agent";
  /** Whether HAProxy shows that it is so. Not there: HAProxy shows nothing of it, and it is made each time. */
  isSo?(wanted: ServerSettings, found: FoundServer): boolean;
}

/** In the order in which they are made: traffic comes last. */
const FIELDS: readonly Field[] = [
  {
    keys: ["address", "port"],
    lines: (name, { address, port }) =>
      address === undefined ? [] : [line("setServerAddress", name, address, ...(port === undefined ? [] : [port]))],
    isSo: ({ address = "", port }, { state }) =>
      isAddress(address, state.srv_addr) && (port === undefined || state.srv_port === port),
  },
  {
    keys: ["fqdn"],
    lines: (name, { fqdn }) => fqdn === undefined ? [] : [line("setServerFqdn", name, fqdn)],
    isSo: ({ fqdn }, { state }) => state.srv_fqdn === fqdn,
  },
  {
    keys: ["ssl"],
    lines: (name, { ssl }) => ssl === undefined ? [] : [line("setServerSsl", name, ssl)],
    isSo: ({ ssl }, { state }) => state.srv_use_ssl === (ssl === "on" ? 1 : 0),
  },
  {
    keys: ["weight"],
    lines: (name, { weight }) => weight === undefined ? [] : [line("setServerWeight", name, weight)],
    // What an agent says of the weight comes after what anybody else does.
    isSo: ({ weight = 0 }, { state }) =>
      (state.agent_states ?? []).includes("enabled") ||
      Math.abs(weightOf(weight, state) - (state.srv_uweight ?? 0)) < 1,
  },
  {
    keys: ["maxconn"],
    lines: (name, { maxconn }) => maxconn === undefined ? [] : [line("setServerMaxconn", name, maxconn)],
    isSo: ({ maxconn = 0 }, found) => (found.maxconn ?? 0) === maxconn,
  },
  {
    keys: ["check_address", "check_port"],
    whileOn: "check",
    lines: (name, { check_address: at, check_port: port }) =>
      at !== undefined
        ? [line("setServerCheckAddress", name, at, ...(port === undefined ? [] : [port]))]
        : port === undefined
        ? []
        : [line("setServerCheckPort", name, port)],
    isSo: ({ check_address: at, check_port: port }, { state }) =>
      (at === undefined || isAddress(at, state.srv_check_addr)) &&
      (port === undefined || state.srv_check_port === port),
  },
  {
    keys: ["agent_address", "agent_port"],
    whileOn: "agent",
    lines: (name, { agent_address: at, agent_port: port }) =>
      at !== undefined
        ? [line("setServerAgentAddress", name, at, ...(port === undefined ? [] : [port]))]
        : port === undefined
        ? []
        : [line("setServerAgentPort", name, port)],
    isSo: ({ agent_address: at, agent_port: port }, { state }) =>
      (at === undefined || isAddress(at, state.srv_agent_addr)) &&
      (port === undefined || state.srv_agent_port === port),
  },
  {
    keys: ["agent_send"],
    whileOn: "agent",
    lines: (name, { agent_send: send }) =>
      send === undefined ? [] : [line("setServerAgentSend", name, ...(send === "" ? [] : [send]))],
  },
  {
    keys: ["check"],
    lines: (name, { check }) => check === undefined ? [] : [line(SWITCHES.check[check === "on" ? 0 : 1], name)],
    isSo: ({ check }, { state }) => (state.check_states ?? []).includes("enabled") === (check === "on"),
  },
  {
    keys: ["agent"],
    lines: (name, { agent }) => agent === undefined ? [] : [line(SWITCHES.agent[agent === "on" ? 0 : 1], name)],
    isSo: ({ agent }, { state }) => (state.agent_states ?? []).includes("enabled") === (agent === "on"),
  },
  {
    keys: ["health"],
    lines: (name, { health }) => health === undefined ? [] : [line("setServerHealth", name, health)],
    // Where a check runs, it finds out.
    isSo: ({ health, check }, { state }) =>
      (check ?? ((state.check_states ?? []).includes("enabled") ? "on" : "off")) === "on" ||
      HEALTH[state.op_state] === health,
  },
  {
    keys: ["state"],
    lines: (name, { state }) => state === undefined ? [] : [line("setServerState", name, state)],
    isSo: (wanted, { state }) => wanted.state === stateOf(state.admin_states),
  },
];

const HEALTH: Readonly<Record<FoundServer["state"]["op_state"], ServerSettings["health"]>> = {
  stopped: "down",
  starting: "up",
  running: "up",
  stopping: "stopping",
};

/** What was asked for by hand: `ready`, `drain` or `maint`. */
export function stateOf(states: readonly string[]): "ready" | "drain" | "maint" {
  return states.includes("forced_maint") ? "maint" : states.includes("forced_drain") ? "drain" : "ready";
}

function changeOf(field: Field, wanted: ServerDocument, found: FoundServer | undefined) {
  const given = field.keys.filter((key) => wanted[key] !== undefined);
  if (given.length === 0) return [];
  const lines = switched(field, field.lines(wanted.name, wanted), wanted, found);
  if (found === undefined) return [{ lines, why: [] }];
  if (field.isSo === undefined) return [{ lines, why: [] }];
  if (field.isSo(wanted, found)) return [];
  return [{ lines, why: [given.map((key) => `${key} is not "${wanted[key]}"`).join(", ")] }];
}

/** The lines, and before and behind them the check's switch where it is off. */
function switched(
  { whileOn }: Field,
  lines: string[],
  { name, ...wanted }: ServerDocument,
  found: FoundServer | undefined,
): string[] {
  if (whileOn === undefined || lines.length === 0) return lines;
  const [enable, disable] = SWITCHES[whileOn];
  const isOn = found?.state[whileOn === "check" ? "check_states" : "agent_states"]?.includes("enabled") === true;
  return isOn ? lines : [line(enable, name), ...lines, ...(wanted[whileOn] === "on" ? [] : [line(disable, name)])];
}

const SWITCHES = {
  check: ["enableHealth", "disableHealth"],
  agent: ["enableAgent", "disableAgent"],
} as const;

function isAddress(wanted: string, found: string | null | undefined): boolean {
  return typeof found === "string" && canonicalAddress(wanted) === canonicalAddress(found);
}

/** What HAProxy makes of a percentage. */
function weightOf(weight: number | string, { srv_iweight: initial = 0 }: FoundServer["state"]): number {
  const text = String(weight);
  return text.endsWith("%") ? Math.min(256, Math.floor(initial * Number(text.slice(0, -1)) / 100)) : Number(text);
}
