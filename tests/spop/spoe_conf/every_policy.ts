/** Every policy that asks something else of HAProxy, made with the least that it needs. */

import { createAb } from "../../../lib/spop/policies/ab.ts";
import { createBasicAuth } from "../../../lib/spop/policies/basic_auth.ts";
import { createChain } from "../../../lib/spop/policies/chain.ts";
import { createForwardAuth } from "../../../lib/spop/policies/forward_auth.ts";
import { createGeoip } from "../../../lib/spop/policies/geoip.ts";
import { createHeaderSignature } from "../../../lib/spop/policies/header_signature.ts";
import { createIpReputation } from "../../../lib/spop/policies/ip_reputation.ts";
import { createJwt } from "../../../lib/spop/policies/jwt.ts";
import { createMirror } from "../../../lib/spop/policies/mirror.ts";
import type { Policy } from "../../../lib/spop/policies/policy.ts";
import { createRate } from "../../../lib/spop/policies/rate.ts";
import { createScript } from "../../../lib/spop/policies/script.ts";
import { createUseragent } from "../../../lib/spop/policies/useragent.ts";
import { writeMmdb } from "../policies/mmdb/write_mmdb.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const USERS = "ann:$6$abcdefgh$" + "a".repeat(86);

/** A database that knows nobody. */
const database = {
  stat: () => Promise.resolve({ isFile: true, size: 1, mtimeMs: 1, inode: 1 }),
  async *read() {
    yield await Promise.resolve(writeMmdb([], { recordSize: 24, ipVersion: 6 }));
  },
};

/** One of each; the caller ends them. */
export async function everyPolicy(): Promise<Policy[]> {
  const policies = [
    await createIpReputation({}),
    await createRate({ rate: 10 }),
    await createGeoip({ databases: ["geo.mmdb"], outside: database }),
    await createAb({ salt: "s", variants: { a: 1, b: 1 } }),
    await createUseragent({}),
    await createJwt({ secret: SECRET, claims: { jwt_sub: "sub", roles: "realm_access.roles" } }),
    await createBasicAuth({
      usersFile: "users",
      outside: {
        async *read() {
          yield await Promise.resolve(new TextEncoder().encode(USERS));
        },
      },
    }),
    await createForwardAuth({ url: "http://127.0.0.1:1/", responseHeaders: { auth_user: "x-user" } }),
    await createHeaderSignature({
      scheme: "hex",
      timestampHeader: "x-time",
      parts: ["timestamp", "method", "path", "query", "header:x-a", "body"],
      secrets: ["secret"],
    }),
    await createMirror({ url: "http://127.0.0.1:1/", withBody: true }),
    await createScript({
      file: "none.ts",
      args: [{ name: "text", types: ["string"], fetch: 'str("a b#c\\"d")' }],
      sets: [{ scope: "process", name: "seen", type: "boolean", description: "of every scope" }],
      load: () => Promise.resolve({ default: () => {} }),
    }),
  ];
  return [...policies, await createChain({ policies: policies.slice(0, 2), event: "on-frontend-http-request" })];
}
