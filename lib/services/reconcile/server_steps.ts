/**
 * The steps for one server: to make it, to change it into what it should be, to let it go. Pure.
 */
import type { ActualServer } from "./actual.ts";
import type { DesiredServer, Problem } from "./desired.ts";
import { line, type Step, step } from "./step.ts";

/** What somebody wants of a server for now, whatever its unit says. */
export type Held = "ready" | "drain" | "maint";

/** Adds a server: it starts in maintenance and without its checks (management guide, 9.3 "add server"). */
export function addSteps(wanted: DesiredServer, held: Held | undefined): Step[] {
  const { backend, server, addresses: [address], port, unit, service, has_check, agent, keywords, made_with } = wanted;
  if (address === undefined || wanted.state === "drain") return [];
  const name = `${backend}/${server}`;
  const at = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return [step({
    ...{ kind: "add", backend, server, made_with, traffic: isKeptFrom(held) ? 0 : 1 },
    why: `unit "${unit}" of "${service}" is at ${at}`,
    commands: [line("addServer", name, at, { keywords })],
    then: [
      isKeptFrom(held) ? line("setServerState", name, held) : line("enableServer", name),
      ...(has_check ? [line("enableHealth", name)] : []),
      ...(agent ? [line("enableAgent", name)] : []),
    ],
  })];
}

/** Puts a unit on a prepared server, which is in maintenance. */
export function takeSteps(wanted: DesiredServer, slot: ActualServer, { isFixed, held }: Standing): Step[] {
  const { backend, addresses: [address], port, unit, service } = wanted;
  if (address === undefined || wanted.state === "drain") return [];
  const name = `${backend}/${slot.server}`;
  const { agent, weight } = wanted;
  const settings = settingsOf({ ...slot, address, port }, wanted, isFixed).map(({ command }) => command);
  const asBefore = weight === undefined && !isFixed && slot.weight !== slot.initial_weight;
  return [step({
    ...{ kind: "take", backend, server: slot.server, made_with: PREPARED, traffic: isKeptFrom(held) ? 0 : 1 },
    why: `unit "${unit}" of "${service}" is at ${address}:${port}, and "${slot.server}" is free`,
    commands: [line("setServerAddress", name, address, port)],
    then: [
      ...settings,
      ...(asBefore ? [line("setServerWeight", name, "100%")] : []),
      ...(agent?.send !== undefined && slot.agent !== "none" ? [line("setServerAgentSend", name, agent.send)] : []),
      line("setServerState", name, held ?? "ready"),
      ...checksOn(wanted, slot),
    ],
  })];
}

/** Whether somebody keeps traffic away from it for now: not even for a moment is it to have some. */
function isKeptFrom(held: Held | undefined): held is "drain" | "maint" {
  return held === "drain" || held === "maint";
}

/** What is remembered of a prepared server in the place of the words that it was made with. */
export const PREPARED = "(prepared)";

/** What else is known of a server. */
export interface Standing {
  /** Whether its backend takes neither servers nor weights. */
  readonly isFixed: boolean;
  /** Whether it was happi that drained it. */
  readonly isDrainedByUs: boolean;
  readonly held: Held | undefined;
}

/** Changes a server that is there into what it should be. */
export function changeSteps(
  wanted: DesiredServer,
  found: ActualServer,
  { isFixed, isDrainedByUs, held }: Standing,
): Step[] {
  const name = `${found.backend}/${found.server}`;
  const target = { backend: found.backend, server: found.server };
  const settings = settingsOf(found, wanted, isFixed);
  const wish = held ?? wanted.state;
  // An agent that speaks may say "drain" and "maint": that is its business.
  const isAgents = wanted.agent !== undefined && found.agent === "on" && !isDrainedByUs;
  const isHeld = held !== undefined && held !== found.state;
  const isReturning = held === undefined && wish === "ready" && found.state !== "ready" && !isAgents;
  const state = isHeld || isReturning ? [line("setServerState", name, wish)] : [];
  const checks = checksOn(wanted, found);
  const reasons = [
    ...settings.map(({ why }) => why),
    ...(isHeld ? [`it is ${found.state} and held as ${wish}`] : []),
    ...(isReturning ? [`it is in ${found.state} and unit "${wanted.unit}" is ready`] : []),
    ...(checks.length > 0 ? ["its checks are off"] : []),
  ];
  const changes = reasons.length === 0 ? [] : [step({
    ...{ kind: "change", ...target, traffic: isReturning || (isHeld && wish === "ready") ? 1 : 0 },
    why: reasons.join("; "),
    commands: settings.map(({ command }) => command),
    then: [...state, ...checks],
  })];
  const isGoing = held === undefined && wish === "drain" && found.state === "ready";
  return isGoing ? [...changes, drainStep(found, `unit "${wanted.unit}" of "${wanted.service}" drains`)] : changes;
}

/** Turns on the checks that a server has and that are off. */
function checksOn(wanted: DesiredServer, { backend, server, check, agent }: ActualServer): string[] {
  return [
    ...(wanted.has_check && check === "off" ? [line("enableHealth", `${backend}/${server}`)] : []),
    ...(wanted.agent && agent === "off" ? [line("enableAgent", `${backend}/${server}`)] : []),
  ];
}

/** Lets a server go: no new sessions, and away with it when the running ones have ended. */
export function leaveSteps(found: ActualServer, kind: "delete" | "release", why: string, drain_ms: number): Step[] {
  const name = `${found.backend}/${found.server}`;
  const target = { backend: found.backend, server: found.server };
  return [
    ...(found.state === "ready" ? [drainStep(found, why)] : []),
    step({
      ...{ kind, ...target, why, drain_ms },
      commands: [line("setServerState", name, "maint"), ...(kind === "delete" ? [line("delServer", name)] : [])],
    }),
  ];
}

/** What is not as it should be and only a new server can mend. */
export function lastingProblems(wanted: DesiredServer, found: ActualServer, made_with: string | undefined): Problem[] {
  const isOther = made_with !== undefined && made_with !== PREPARED && made_with !== wanted.made_with;
  const lacks = [
    ...(wanted.has_check && found.check === "none" ? ["a health check"] : []),
    ...(wanted.agent && found.agent === "none" ? ["an agent check"] : []),
  ];
  if (!isOther && lacks.length === 0) return [];
  const what = isOther ? `was made with "${made_with}"` : `was made without ${lacks.join(" and ")}`;
  const why =
    `Cannot change server "${found.backend}/${found.server}": it ${what}, and HAProxy changes that in a new ` +
    "server only";
  return [{ about: found.backend, why }];
}

function drainStep({ backend, server, takes_traffic }: ActualServer, why: string): Step {
  const commands = [line("setServerState", `${backend}/${server}`, "drain")];
  return step({ kind: "drain", backend, server, why, commands, traffic: takes_traffic ? -1 : 0 });
}

/** Address, ports, weight and maxconn that are not as they should be. */
function settingsOf(found: ActualServer, wanted: DesiredServer, isFixed: boolean): { command: string; why: string }[] {
  const name = `${found.backend}/${found.server}`;
  const changes: { command: string; why: string }[] = [];
  const isRight = found.address !== null && (wanted.addresses.length === 0 || wanted.addresses.includes(found.address));
  const address = isRight ? found.address : wanted.addresses[0];
  if (address && (!isRight || found.port !== wanted.port)) {
    const why = `${found.address ?? "-"}:${found.port} becomes ${address}:${wanted.port}`;
    changes.push({ command: line("setServerAddress", name, address, wanted.port), why });
  }
  const { check_port, agent, weight, maxconn } = wanted;
  if (check_port !== undefined && found.check !== "none" && found.check_port !== check_port) {
    const why = `its check's port ${found.check_port} becomes ${check_port}`;
    changes.push({ command: line("setServerCheckPort", name, check_port), why });
  }
  const isElsewhere = agent?.addr !== undefined && agent.addr !== found.agent_address;
  if (agent && found.agent !== "none" && (isElsewhere || agent.port !== found.agent_port)) {
    const command = agent.addr === undefined
      ? line("setServerAgentPort", name, agent.port)
      : line("setServerAgentAddress", name, agent.addr, agent.port);
    changes.push({ command, why: `its agent becomes ${agent.addr ?? "its own address"}:${agent.port}` });
  }
  // Where an agent speaks, HAProxy shows the agent's percentage as the weight.
  if (weight !== undefined && !agent && !isFixed && found.weight !== weight) {
    changes.push({ command: line("setServerWeight", name, weight), why: `weight ${found.weight} becomes ${weight}` });
  }
  if (maxconn !== undefined && (found.maxconn ?? 0) !== maxconn) {
    const why = `maxconn ${found.maxconn ?? "none"} becomes ${maxconn === 0 ? "none" : maxconn}`;
    changes.push({ command: line("setServerMaxconn", name, maxconn), why });
  }
  return changes;
}
