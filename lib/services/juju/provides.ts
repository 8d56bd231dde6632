/**
 * A provider of the http interface: `configure`, for all relations of an endpoint, each with this unit's own address there.
 */
import type { HappiError } from "../../errors.ts";
import { HookToolFailed, HookToolMissing, NoIngressAddress } from "../errors.ts";
import { databagOf, type Offer } from "../relation/provide.ts";
import type { HookTools } from "./hook_tools.ts";
import { type Leaving, relationsOf, unitsOf } from "./relation_units.ts";

/** What is to be provided. */
export interface Provision {
  /** Such as `website`. */
  readonly endpoint: string;
  /** This unit: `web/0`. */
  readonly unit: string;
  readonly offer: Offer;
  /** More keys as they are, such as `services` for the haproxy charm: `set_remote` of the interface. */
  readonly raw?: Readonly<Record<string, string>>;
  /** Who is leaving while the hook runs. */
  readonly leaving?: Leaving;
}

/** What was done for one relation. */
export interface Configured {
  /** Such as `website:1`. */
  readonly relation: string;
  /** This unit's address there. */
  readonly address: string;
  /** Whether a unit is on the other side. */
  readonly is_joined: boolean;
  /** What was written: the keys that were other before; an empty text was taken back. */
  readonly written: Readonly<Record<string, string>>;
}

/**
 * Writes what is offered into every relation; what already stands there is left alone, so that nobody's hook runs in vain.
 *
 * @param tools Juju's
 * @param provision what, and for which endpoint
 * @returns what was done, by relation
 * @throws {HookToolMissing} {@linkcode HookToolFailed}
 * @throws {NoIngressAddress} when Juju does not tell this unit's address
 * @throws {InvalidUnit} when an address or a port is none; nothing of that relation was written
 */
export async function configure(tools: HookTools, provision: Provision): Promise<Configured[]> {
  const { endpoint, unit, offer, raw = {}, leaving } = provision;
  const done: Configured[] = [];
  for (const relation of await relationsOf(tools, endpoint, leaving)) {
    const said = await tools.relationGet(relation, unit);
    const address = await ingressAddress(tools, { endpoint, relation, unit });
    const wanted = { ...databagOf(offer, address), ...raw };
    const written = Object.fromEntries(
      Object.entries(wanted).filter(([key, value]) => value !== String(said[key] ?? "")),
    );
    if (Object.keys(written).length > 0) await tools.relationSet(relation, written);
    const units = await unitsOf(tools, relation, leaving);
    done.push({ relation, address, is_joined: units.length > 0, written });
  }
  return done;
}

interface Place {
  readonly endpoint: string;
  readonly relation: string;
  readonly unit: string;
}

/**
 * The ways to ask, the best first. The databag's own `private-address` comes last: what `--private-address` has once
 * written there would come back as if it were Juju's.
 */
const WAYS: readonly (readonly [name: string, ask: (tools: HookTools, place: Place) => Promise<unknown>])[] = [
  ["network-get", async (tools, { endpoint, relation }) => addressIn(await tools.networkGet(endpoint, relation))],
  [
    "ingress-address",
    async (tools, { relation, unit }) => (await tools.relationGet(relation, unit))["ingress-address"],
  ],
  ["unit-get", (tools) => tools.unitGet("private-address")],
  [
    "private-address",
    async (tools, { relation, unit }) => (await tools.relationGet(relation, unit))["private-address"],
  ],
];

/**
 * This unit's address as the units of a relation reach it.
 *
 * Old versions of Juju have no `network-get`, or one that knows no relations; then its databag and `unit-get` are asked.
 *
 * @throws {NoIngressAddress} when no way brings one
 */
export async function ingressAddress(tools: HookTools, place: Place): Promise<string> {
  const tried: string[] = [];
  for (const [name, ask] of WAYS) {
    try {
      const address = await ask(tools, place);
      if (typeof address === "string" && address !== "") return address;
      tried.push(`"${name}" has none`);
    } catch (thrown) {
      if (!(thrown instanceof HookToolMissing || thrown instanceof HookToolFailed)) throw thrown;
      tried.push(uncapitalised(thrown));
    }
  }
  throw new NoIngressAddress(place.relation, tried);
}

function uncapitalised({ message }: HappiError): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** `{"ingress-addresses": [..], "bind-addresses": [{"addresses": [{"value" or "address": ..}]}]}`. */
function addressIn(network: Readonly<Record<string, unknown>>): unknown {
  const [ingress] = listOf(network["ingress-addresses"]);
  if (ingress !== undefined) return ingress;
  const [bound] = listOf(network["bind-addresses"]).flatMap((one) => listOf(fieldOf(one, "addresses")));
  return fieldOf(bound, "value") ?? fieldOf(bound, "address");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
