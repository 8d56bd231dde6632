/**
 * Jobs: definitions under the names of gaffer's second API, `session.name`.
 *
 * A session is a group: job `app.web` is process `app:web`. Those without a group are the session `default`.
 */
import type { Definition } from "../definition.ts";
import { ProcessNotFound } from "../errors.ts";
import type { Manager } from "../manager_face.ts";

/** The session of those without a group. */
const DEFAULT = "default";

/** A definition's two names. */
export interface JobName {
  readonly session: string;
  readonly name: string;
}

/**
 * The names of a definition as a job.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { jobNameOf } from "./job.ts";
 * assert.deepEqual(jobNameOf({ name: "app:web", cmd: "x" }), { session: "app", name: "web" });
 * assert.deepEqual(jobNameOf({ name: "web", cmd: "x", group: "app" }), { session: "app", name: "web" });
 * assert.deepEqual(jobNameOf({ name: "web", cmd: "x" }), { session: "default", name: "web" });
 * ```
 */
export function jobNameOf({ name, group }: Definition): JobName {
  const at = name.indexOf(":");
  const prefix = at < 0 ? undefined : name.slice(0, at);
  const session = group ?? prefix ?? DEFAULT;
  return { session, name: session === prefix ? name.slice(at + 1) : name };
}

/** The name of a new definition. */
export function definitionName({ session, name }: JobName): string {
  return session === DEFAULT ? name : `${session}:${name}`;
}

/** All jobs in the order of their definitions. */
export function jobsOf(manager: Manager, session?: string): (JobName & { readonly definition: string })[] {
  const jobs = manager.names().map((name) => ({ ...jobNameOf(manager.definition(name)), definition: name }));
  return jobs.filter((job) => session === undefined || job.session === session);
}

/** The definition that a path names. @throws {ProcessNotFound} */
export function findJob(manager: Manager, { session, name }: JobName): string {
  const found = jobsOf(manager, session).find((job) => job.name === name);
  if (found === undefined) throw new ProcessNotFound("process", `${session}.${name}`);
  return found.definition;
}

/** Reads how to scale: 2 and "+2" two more, -2 and "-2" two fewer, "=2" two. `undefined` when it is nothing of these. */
export function readScale(given: unknown): { readonly by: number } | { readonly to: number } | undefined {
  const [, sign, digits] = /^([+=-]?)(\d{1,4})$/.exec(typeof given === "number" ? String(given) : textOf(given)) ?? [];
  if (digits === undefined) return undefined;
  if (sign === "=") return { to: Number(digits) };
  return { by: sign === "-" ? -Number(digits) : Number(digits) };
}

function textOf(given: unknown): string {
  return typeof given === "string" ? given : "";
}
