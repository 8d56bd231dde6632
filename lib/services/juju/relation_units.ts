/**
 * What all units on the other side of an endpoint say, whatever relations they come by.
 */
import type { Databag } from "../relation/databag.ts";
import type { HookTools } from "./hook_tools.ts";

/** What one unit says in one relation. */
export interface RelationUnit {
  /** Such as `website:1`. */
  readonly relation: string;
  /** Such as `web/0`. */
  readonly unit: string;
  readonly databag: Databag;
}

/**
 * Who is leaving while the hook runs: Juju may still list a unit in its `departed` hook, and a relation in its `broken` one.
 */
export interface Leaving {
  readonly relation: string;
  /** All of the relation if not given. */
  readonly unit?: string;
}

/**
 * The relations of an endpoint that are there to stay.
 *
 * @throws {HookToolMissing} {@linkcode HookToolFailed}
 */
export async function relationsOf(
  tools: Pick<HookTools, "relationIds">,
  endpoint: string,
  leaving?: Leaving,
): Promise<readonly string[]> {
  const relations = await tools.relationIds(endpoint);
  return relations.filter((relation) => leaving?.relation !== relation || leaving.unit !== undefined);
}

/**
 * The units of a relation that are there to stay.
 *
 * @throws {HookToolMissing} {@linkcode HookToolFailed}
 */
export async function unitsOf(
  tools: Pick<HookTools, "relationList">,
  relation: string,
  leaving?: Leaving,
): Promise<readonly string[]> {
  const units = await tools.relationList(relation);
  return units.filter((unit) => leaving?.relation !== relation || leaving.unit !== unit);
}

/**
 * What they say, in the order of relations and units.
 *
 * @param tools Juju's
 * @param endpoint such as `reverseproxy`
 * @param leaving who is not asked any more
 * @throws {HookToolMissing} {@linkcode HookToolFailed}
 */
export async function relationUnits(
  tools: Pick<HookTools, "relationIds" | "relationList" | "relationGet">,
  endpoint: string,
  leaving?: Leaving,
): Promise<RelationUnit[]> {
  const found: RelationUnit[] = [];
  for (const relation of await relationsOf(tools, endpoint, leaving)) {
    for (const unit of await unitsOf(tools, relation, leaving)) {
      found.push({ relation, unit, databag: await tools.relationGet(relation, unit) });
    }
  }
  return found;
}

/** The application that a unit is of: `web/0` is of `web`. */
export function applicationOf(unit: string): string {
  const [application = unit] = unit.split("/");
  return application;
}
