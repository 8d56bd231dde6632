/**
 * Policies as examples for `happi spoa config --policy KIND`: with their usual messages and variables, and nothing behind.
 */
import {
  createChain,
  GEO_VARIABLES,
  makePolicy,
  type Policy,
  POLICY_KINDS,
  type PolicyOptions,
  UnknownPolicyKind,
} from "../../spop/mod.ts";

/** What a kind cannot be made without. */
const NEEDED: Readonly<Record<string, PolicyOptions>> = {
  rate: { rate: 10 },
  ab: { salt: "experiment", variants: { a: 1, b: 1 } },
  jwt: { secret: "0123456789abcdef0123456789abcdef" },
  basic_auth: { usersFile: "users", outside: { read: () => text("user:$6$saltsalt$" + "a".repeat(86)) } },
  forward_auth: { url: "http://127.0.0.1:4180/" },
  header_signature: { secrets: ["secret"] },
  mirror: { url: "http://127.0.0.1:8081/" },
  script: { file: "policy.ts", load: () => Promise.resolve({ default: () => {} }) },
};

/** A policy that a configuration can be generated for. */
export type SamplePolicy = Pick<Policy, "name" | "kind" | "message" | "sets">;

/**
 * An example of a kind.
 *
 * @throws {UnknownPolicyKind}
 */
export async function samplePolicy(kind: string): Promise<SamplePolicy> {
  if (kind === "geoip") return GEOIP;
  if (kind === "chain") {
    const members = await Promise.all(["jwt", "rate"].map(makeSample));
    return await createChain({ policies: members });
  }
  if (!Object.hasOwn(POLICY_KINDS, kind)) throw new UnknownPolicyKind(kind);
  await using policy = await makeSample(kind);
  return policy;
}

function makeSample(kind: string): Promise<Policy> {
  return makePolicy(kind, NEEDED[kind] ?? {});
}

/** It cannot be made without a database, and nobody has one at hand. */
const GEOIP: SamplePolicy = {
  name: "geoip",
  kind: "geoip",
  message: {
    name: "get-geoip",
    args: [{ name: "ip", types: ["ip", "string"], fetch: "src" }],
    event: "on-client-session",
  },
  sets: Object.keys(GEO_VARIABLES).map((name) => ({
    scope: "session",
    name: `geo_${name}`,
    type: name === "asn" ? "integer" : "string",
    description: `${name.replaceAll("_", " ")} of the address`,
  })),
};

async function* text(content: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(content));
}
