/**
 * Steps: what is to be done to HAProxy, as data, with the commands that do it and why.
 */
import { type AnyMethod, METHODS, type Methods } from "../../client/mod.ts";
import type { Entry } from "./entries.ts";

/**
 * What a step does: `add` a server; `take` a prepared one; `change` a server; `drain` it; `delete` it, or `release` it when
 * it is a prepared one, once its sessions have ended; and the entries of maps and ACLs.
 */
export type StepKind =
  | "add"
  | "take"
  | "change"
  | "map_add"
  | "map_set"
  | "acl_add"
  | "map_delete"
  | "acl_delete"
  | "drain"
  | "delete"
  | "release";

/** Steps are done in this order: what comes before what goes. */
export const STEP_ORDER: readonly StepKind[] = [
  ...["add", "take", "change", "map_add", "map_set", "acl_add"] as const,
  ...["map_delete", "acl_delete", "drain", "delete", "release"] as const,
];

/** Kinds of steps that take something away; the guard may hold them back. */
export const TAKES_AWAY: ReadonlySet<StepKind> = new Set<StepKind>([
  ...["map_delete", "acl_delete", "drain", "delete", "release"] as const,
]);

/** Kinds of steps that wait for sessions to end, and so are done in the background. */
export const WAITS: ReadonlySet<StepKind> = new Set<StepKind>(["delete", "release"]);

/** One thing to do. */
export interface Step {
  readonly kind: StepKind;
  readonly backend: string;
  /** The server's name in HAProxy; `null` for an entry. */
  readonly server: string | null;
  /** The entry; `null` for a server. */
  readonly entry: Entry | null;
  readonly why: string;
  /** Done first. */
  readonly commands: readonly string[];
  /** Done when all of the first were done. */
  readonly then: readonly string[];
  /** By how many servers the backend's traffic grows. */
  readonly traffic: -1 | 0 | 1;
  /** What an added server is made with, to be remembered. */
  readonly made_with?: string;
  /** How long sessions may take to end, in milliseconds, where the step waits for that. */
  readonly drain_ms?: number;
}

/** A step without what it has none of. */
export function step(
  given: Pick<Step, "kind" | "backend" | "why"> & Partial<Step>,
): Step {
  return { server: null, entry: null, commands: [], then: [], traffic: 0, ...given };
}

/** What a step is about: `web/happi-web-0`, or a file and a key. */
export function subjectOf({ backend, server, entry }: Step): string {
  return entry ? `${entry.file} ${entry.key}` : `${backend}/${server}`;
}

/** The steps in the order in which they are done. */
export function inOrder(steps: readonly Step[]): Step[] {
  return STEP_ORDER.flatMap((kind) => steps.filter((one) => one.kind === kind));
}

/**
 * The command of one of the client's methods, with checked arguments: the same line that the method would send.
 *
 * @param name the method; one that is a single command
 * @param args its arguments
 * @throws {InvalidArgument} when an argument is one that HAProxy would misread
 */
export function line<Name extends keyof Methods>(name: Name, ...args: Parameters<Methods[Name]>): string {
  const method: AnyMethod = METHODS[name];
  if (method.kind !== "command") throw new TypeError(`${name} is more than one command`);
  const checked = method.parameters.map((parameter, index) => {
    const value: unknown = args[index];
    return value === undefined ? undefined : parameter.check(value);
  });
  return method.command(...checked);
}
