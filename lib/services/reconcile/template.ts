/**
 * Texts with names in braces, such as `{service}.example.test`, that are filled in from a unit.
 */

/** The names that templates know; `meta.` and any word takes what the unit's source said. */
export const PLACEHOLDERS = ["service", "backend", "unit", "server", "hostname", "address", "port"] as const;

/** Names that are the same for all units of a service. */
const OF_SERVICE: ReadonlySet<string> = new Set(["service", "backend"]);

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** The names within a template, in order. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
}

/**
 * What is wrong with a template; `undefined` when nothing is.
 *
 * @param template the text
 * @param allowed the names it may have
 */
export function faultOfTemplate(template: string, allowed: readonly string[] = PLACEHOLDERS): string | undefined {
  const unknown = placeholdersOf(template).find((name) => !allowed.includes(name) && !/^meta\.[\w.-]+$/.test(name));
  if (unknown !== undefined) return `there is no {${unknown}}; there are {${[...allowed, "meta.NAME"].join("}, {")}}`;
  return /[{}]/.test(template.replace(PLACEHOLDER, "")) ? "a brace is left open" : undefined;
}

/** Whether a template gives another text for each unit. */
export function isPerUnit(template: string): boolean {
  return placeholdersOf(template).some((name) => !OF_SERVICE.has(name));
}

/**
 * Fills a template.
 *
 * @param template one without a fault
 * @param values by name
 * @returns the text; `undefined` when one of its names has no value
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fill } from "./template.ts";
 * assert.equal(fill("{service}.example.test", { service: "web" }), "web.example.test");
 * assert.equal(fill("{meta.zone}", { service: "web" }), undefined);
 * ```
 */
export function fill(template: string, values: Readonly<Record<string, string | undefined>>): string | undefined {
  if (placeholdersOf(template).some((name) => values[name] === undefined)) return undefined;
  return template.replace(PLACEHOLDER, (_, name: string) => values[name] ?? "");
}

/** Whether HAProxy's command line can say a text: what a unit's source has said may be anything, and must not stop a plan. */
export function isSayable(text: string): boolean {
  return text !== "" && text.isWellFormed() && !/[\r\n\0]/.test(text);
}
