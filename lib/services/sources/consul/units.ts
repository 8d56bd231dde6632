/**
 * Units made of what Consul's health API says of a service (`GET /v1/health/service/NAME`). Pure.
 */
import { reason } from "../../../errors.ts";
import { readUnit } from "../../read_unit.ts";
import type { Unit } from "../../service.ts";
import { SourceFailed } from "../errors.ts";
import { unitName } from "../unit_name.ts";

/** The units, and why others are none. */
export interface ConsulUnits {
  readonly units: readonly Unit[];
  readonly faults: readonly string[];
}

/** Which units count, by the worst of their checks. */
export const CONSUL_HEALTH = {
  passing: ["passing"],
  warning: ["passing", "warning"],
  any: ["passing", "warning", "critical"],
} as const satisfies Record<string, readonly string[]>;

/** The states of checks, the worst last. */
const STATES = ["passing", "warning", "critical"];

/**
 * Reads them.
 *
 * A tag such as `weight=10` or `maxconn=100`, or metadata of these names, is that of the unit. All other tags that have a `=`
 * and all metadata are in `meta`, and `tags` has all tags. Otherwise the weight is that which the service was registered
 * with, in its present state, unless it was left at Consul's default of 1. What has no port is no unit.
 *
 * @param answer the JSON
 * @param health which units count
 * @param target for errors
 * @throws {SourceFailed} when it is not Consul's answer
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { consulUnits } from "./units.ts";
 * const entry = {
 *   Node: { Node: "n1", Address: "10.0.0.1" },
 *   Service: { ID: "web", Address: "", Port: 80, Tags: ["weight=10"], Meta: {}, Weights: { Passing: 1, Warning: 1 } },
 *   Checks: [{ Status: "passing" }],
 * };
 * assert.deepEqual(consulUnits([entry], "passing", "consul").units, [{
 *   unit: "n1/web",
 *   hosts: [{ hostname: "10.0.0.1", port: 80 }],
 *   weight: 10,
 *   meta: { weight: "10", node: "n1", tags: "weight=10" },
 * }]);
 * ```
 */
export function consulUnits(answer: unknown, health: keyof typeof CONSUL_HEALTH, target: string): ConsulUnits {
  if (!Array.isArray(answer)) throw new SourceFailed(target, "its answer is no list of services");
  const accepted: readonly string[] = CONSUL_HEALTH[health];
  const [units, faults]: [Unit[], string[]] = [[], []];
  for (const entry of answer) {
    const { Node: node, Service: service, Checks: checks } = record(entry);
    const [{ Node: nodeName, Address: nodeAddress }, own] = [record(node), record(service)];
    const status = worst(checks);
    // Consul 1.20 leaves out a port of 0.
    if (!accepted.includes(status) || (own["Port"] ?? 0) === 0) continue;
    const name = unitName(String(nodeName), String(own["ID"]));
    try {
      const hostname = own["Address"] === "" || own["Address"] === undefined ? nodeAddress : own["Address"];
      units.push(readUnit(name, { hostname, port: own["Port"], ...said(own, String(nodeName), status) }));
    } catch (thrown) {
      const why = reason(thrown).replace(/^Cannot register /, "");
      faults.push(new SourceFailed(target, `service "${String(own["Service"])}", ${why}`, thrown).message);
    }
  }
  return { units, faults };
}

/** What is said of a service beside where it is. */
function said(own: Readonly<Record<string, unknown>>, node: string, status: string): Record<string, unknown> {
  const tags = Array.isArray(own["Tags"]) ? own["Tags"].map(String) : [];
  const pairs = tags.flatMap((tag) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(tag) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  const metadata = Object.entries(record(own["Meta"])).map(([key, value]) => [key, String(value)] as const);
  const all = new Map<string, string>([...pairs, ...metadata, ["node", node]]);
  if (tags.length > 0) all.set("tags", tags.join(","));
  const weight = numberIn(all.get("weight")) ?? registeredWeight(own["Weights"], status);
  const maxconn = numberIn(all.get("maxconn"));
  const meta = [...all].slice(-MOST_META).map(([key, value]) => [key.slice(0, 100), String(value).slice(0, 1000)]);
  return {
    ...(weight === undefined ? {} : { weight: Math.min(weight, 256) }),
    ...(maxconn === undefined ? {} : { maxconn }),
    meta: Object.fromEntries(meta),
  };
}

/** As many as a unit may have. */
const MOST_META = 50;

/** Consul's own weights are 1 unless somebody has said otherwise. */
function registeredWeight(weights: unknown, status: string): number | undefined {
  const { Passing: passing, Warning: warning } = record(weights);
  if (passing === 1 && warning === 1) return undefined;
  const weight = status === "warning" ? warning : passing;
  return typeof weight === "number" && weight >= 0 ? weight : undefined;
}

function numberIn(text: unknown): number | undefined {
  return typeof text === "string" && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function worst(checks: unknown): string {
  const states = Array.isArray(checks) ? checks.map((check) => STATES.indexOf(String(record(check)["Status"]))) : [];
  // What Consul may call a state some day is no good news.
  return states.includes(-1) ? "critical" : STATES[Math.max(0, ...states)] ?? "critical";
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
