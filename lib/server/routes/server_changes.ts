/**
 * Changes of one server: all are checked before the first is sent, and they are sent in an order that never sends traffic
 * where it should not go: `maint` and `drain` first, then address, weight and maxconn, `ready` last.
 */
import * as v from "valibot";
import type { Client } from "../../client/mod.ts";
import { PartlyApplied } from "../errors.ts";
import { readServer } from "./server_view.ts";

const WEIGHT = 'it must be 0 to 256, or a percentage of the initial weight such as "50%"';

/** What can be changed; at least one of them. */
export const serverChanges = v.pipe(
  v.strictObject({
    state: v.optional(v.picklist(["ready", "drain", "maint"], 'it must be "ready", "drain" or "maint"')),
    address: v.optional(v.pipe(v.string("it must be text"), v.ip("it must be an IPv4 or IPv6 address"))),
    port: v.optional(
      v.pipe(
        v.number("it must be a number"),
        v.integer("it must be a whole number"),
        v.minValue(1, "it must be 1 to 65535"),
        v.maxValue(65535, "it must be 1 to 65535"),
      ),
    ),
    weight: v.optional(
      v.union([
        v.pipe(v.number(), v.integer(WEIGHT), v.minValue(0, WEIGHT), v.maxValue(256, WEIGHT)),
        v.pipe(v.string(), v.regex(/^\d{1,5}%$/, WEIGHT)),
      ], WEIGHT),
    ),
    maxconn: v.optional(
      v.pipe(
        v.number("it must be a number"),
        v.integer("it must be a whole number"),
        v.minValue(0, "it must be 0 to 2147483647"),
        v.maxValue(0x7fffffff, "it must be 0 to 2147483647"),
      ),
    ),
  }),
  v.check(
    (changes) => Object.keys(changes).length > 0,
    "it changes nothing; give state, address, port, weight or maxconn",
  ),
);

/** What a `PATCH` asks for. */
export type ServerChanges = v.InferOutput<typeof serverChanges>;

/** One command: the fields that it carries out, and how; nothing when they are not asked for. */
interface Step {
  readonly fields: readonly (keyof ServerChanges)[];
  run(client: Client, backend: string, name: string, changes: ServerChanges): Promise<unknown> | undefined;
}

const STEPS: readonly Step[] = [
  {
    fields: ["state"],
    run(client, backend, name, { state }) {
      return state === "maint" || state === "drain" ? client.setServerState(`${backend}/${name}`, state) : undefined;
    },
  },
  {
    fields: ["address", "port"],
    run(client, backend, name, { address, port }) {
      if (address !== undefined) return client.setServerAddress(`${backend}/${name}`, address, port);
      return port === undefined ? undefined : setPort(client, backend, name, port);
    },
  },
  {
    fields: ["weight"],
    run(client, backend, name, { weight }) {
      return weight === undefined ? undefined : client.setServerWeight(`${backend}/${name}`, weight);
    },
  },
  {
    fields: ["maxconn"],
    run(client, backend, name, { maxconn }) {
      return maxconn === undefined ? undefined : client.setServerMaxconn(`${backend}/${name}`, maxconn);
    },
  },
  {
    fields: ["state"],
    run(client, backend, name, { state }) {
      return state === "ready" ? client.setServerState(`${backend}/${name}`, state) : undefined;
    },
  },
];

/**
 * Carries out the changes, one after the other.
 *
 * @param client speaks with HAProxy
 * @param backend the backend's name
 * @param name the server's name
 * @param changes what to change
 * @throws {PartlyApplied} when HAProxy refuses one after others were carried out
 */
export async function changeServer(
  client: Client,
  backend: string,
  name: string,
  changes: ServerChanges,
): Promise<void> {
  const applied: string[] = [];
  for (const { fields, run } of STEPS) {
    try {
      const step = run(client, backend, name, changes);
      if (step === undefined) continue;
      await step;
      applied.push(...fields.filter((field) => changes[field] !== undefined));
    } catch (thrown) {
      if (applied.length === 0 || !(thrown instanceof Error)) throw thrown;
      throw new PartlyApplied(applied, thrown);
    }
  }
}

/** HAProxy changes a port only together with an address. */
async function setPort(client: Client, backend: string, name: string, port: number): Promise<void> {
  const { address } = await readServer(client, backend, name);
  await client.setServerAddress(`${backend}/${name}`, address ?? "", port);
}
