/**
 * The plan: what has to be done so that HAProxy has what it should have. Pure: the same pictures give the same plan, and a
 * plan that was carried out is followed by an empty one.
 */
import type { Actual, ActualBackend } from "./actual.ts";
import type { Desired, DesiredBackend, Problem } from "./desired.ts";
import { entrySteps } from "./entry_steps.ts";
import { guard, type Refusal, type Share } from "./guard.ts";
import type { Owned, OwnedByBackend } from "./ownership.ts";
import {
  addSteps,
  changeSteps,
  type Held,
  lastingProblems,
  leaveSteps,
  PREPARED,
  type Standing,
  takeSteps,
} from "./server_steps.ts";
import { isOfTemplate, seat } from "./slots.ts";
import { inOrder, type Step } from "./step.ts";

/** What is to be done. */
export interface Plan {
  /** In the order in which they are done. */
  readonly steps: readonly Step[];
  /** What is held back, for each backend that would lose too much; done when forced. */
  readonly refused: readonly Refusal[];
  /** What stands in the way and people have to see to. */
  readonly problems: readonly Problem[];
  /** How many servers take traffic in each backend that changes, before and after all steps. */
  readonly shares: readonly Share[];
  /** What is happi's own once the plan is carried out. */
  readonly owned: OwnedByBackend;
}

/** What a plan is made from. */
export interface Pictures {
  readonly desired: Desired;
  readonly actual: Actual;
  readonly owned: OwnedByBackend;
  /** Servers whose names begin so are happi's. */
  readonly prefix: string;
  /** What somebody wants of a server for now, whatever its unit says. */
  readonly held?: (backend: string, server: string) => Held | undefined;
}

/**
 * Makes the plan.
 *
 * @param pictures what should be, what is, and what of it is happi's own
 */
export function makePlan(pictures: Pictures): Plan {
  const { desired, actual, owned } = pictures;
  const steps: Step[] = [];
  const problems = [...desired.problems];
  for (const name of [...new Set([...desired.backends.keys(), ...actual.backends.keys()])].sort()) {
    const [wanted, found] = [desired.backends.get(name), actual.backends.get(name)];
    if (found === undefined) {
      const why = `Cannot fill backend "${name}": HAProxy has none of that name`;
      problems.push({ about: name, why });
      continue;
    }
    const its = backendSteps(wanted ?? unrouted(name), found, pictures);
    steps.push(...its.steps);
    problems.push(...its.problems);
  }
  const entries = entrySteps(desired, actual, owned);
  const all = inOrder([...steps, ...entries.steps]);
  const guarded = guard(all, actual, desired);
  return {
    steps: guarded.allowed,
    refused: guarded.refused,
    problems: [...problems, ...entries.problems],
    shares: guarded.shares,
    owned: ownedAfter(all, pictures),
  };
}

/** A backend that no route leads to: what happi made there goes. */
function unrouted(backend: string): DesiredBackend {
  return { backend, servers: [], min_share: 0.5, drain_ms: 30_000, templates: [], own: [] };
}

function backendSteps(
  wanted: DesiredBackend,
  found: ActualBackend,
  { owned, prefix, held }: Pictures,
): { steps: Step[]; problems: Problem[] } {
  const { backend, templates, drain_ms } = wanted;
  const { servers, fixed_because } = found;
  const isFixed = fixed_because !== null;
  const { servers: remembered = {}, drained = [] } = owned.get(backend) ?? {};
  // A server may be called "constructor", and every object has one.
  const made = new Map(Object.entries(remembered));
  const isSlot = (server: string) => templates.some((template) => isOfTemplate(template, server));
  const isOwn = (server: string) => server.startsWith(prefix) || made.has(server) || wanted.own.includes(server);
  const standing = (server: string): Standing => {
    return { isFixed, isDrainedByUs: drained.includes(server), held: held?.(backend, server) };
  };
  const steps: Step[] = [];
  const problems: Problem[] = [];
  const claimed = new Set<string>();
  for (const one of wanted.servers.filter(({ template }) => template === undefined)) {
    const there = servers.get(one.server);
    claimed.add(one.server);
    if (there === undefined) {
      const adding = addSteps(one, standing(one.server).held);
      if (isFixed && adding.length > 0) problems.push(fixedBackend(backend, fixed_because));
      else steps.push(...adding);
    } else if (!isOwn(one.server)) {
      const why = `Cannot use server "${backend}/${one.server}" for unit "${one.unit}": somebody else made it`;
      problems.push({ about: backend, why });
    } else {
      steps.push(...changeSteps(one, there, standing(one.server)));
      problems.push(...lastingProblems(one, there, made.get(one.server)));
    }
  }
  for (const template of templates) {
    const itsUnits = wanted.servers.filter((one) => one.template === template);
    const { seated, taking, waiting, leaving } = seat(template, itsUnits, servers.values());
    for (const { wanted: one, slot } of seated) {
      steps.push(...changeSteps(one, slot, standing(slot.server)));
      problems.push(...lastingProblems(one, slot, PREPARED));
    }
    for (const { wanted: one, slot } of taking) steps.push(...takeSteps(one, slot, standing(slot.server)));
    for (const slot of leaving) steps.push(...leaveSteps(slot, "release", "no unit sits on it any more", drain_ms));
    if (waiting.length > 0) problems.push(fullTemplate(backend, template, waiting.map(({ unit }) => unit)));
  }
  for (const there of servers.values()) {
    if (claimed.has(there.server) || isSlot(there.server) || !isOwn(there.server)) continue;
    const isPrepared = made.get(there.server) === PREPARED;
    if (isPrepared && there.state === "maint") continue;
    const why = "no unit has it any more";
    steps.push(...leaveSteps(there, isPrepared ? "release" : "delete", why, drain_ms));
  }
  return {
    steps,
    problems: problems.filter((one, index) => problems.findIndex(({ why }) => why === one.why) === index),
  };
}

function fixedBackend(backend: string, words: string): Problem {
  const why = `Cannot add servers to backend "${backend}": ${words.replace(/\.$/, "")}; prepare some with ` +
    '"server-template" there and name its prefix as server_template of the route';
  return { about: backend, why };
}

function fullTemplate(backend: string, template: string, units: readonly string[]): Problem {
  const why =
    `Cannot find a server for ${units.length} units in backend "${backend}", the first is "${units[0]}": all ` +
    `of "${template}" are taken`;
  return { about: backend, why };
}

/** What is remembered: what is there and was made, and what is about to be. What is gone is forgotten. */
function ownedAfter(steps: readonly Step[], { actual, owned }: Pictures): OwnedByBackend {
  const after = new Map<
    string,
    { servers: Record<string, string>; drained: string[]; entries: Owned["entries"][number][] }
  >();
  const of = (backend: string) => {
    const known = after.get(backend) ?? { servers: {}, drained: [], entries: [] };
    after.set(backend, known);
    return known;
  };
  for (const [backend, { servers, drained, entries }] of owned) {
    const known = of(backend);
    const there = actual.backends.get(backend)?.servers;
    known.drained.push(...drained.filter((server) => there?.get(server)?.state === "drain"));
    for (const [server, made] of Object.entries(servers)) if (there?.has(server)) known.servers[server] = made;
    known.entries.push(...entries.filter((one) => actual.files.get(`${one.kind} ${one.file}`)?.has(one.key)));
  }
  for (const { kind, backend, server, entry, made_with } of steps) {
    if (server !== null && made_with !== undefined) of(backend).servers[server] = made_with;
    if (server !== null && kind === "drain") of(backend).drained.push(server);
    if (entry !== null && (kind === "map_add" || kind === "acl_add")) {
      of(backend).entries.push({ kind: entry.kind, file: entry.file, key: entry.key });
    }
  }
  return after;
}
