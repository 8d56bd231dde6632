/** Policies that need nothing but the request, all behind one real HAProxy of every version there is. */

import assert from "node:assert/strict";
import { Cidr } from "../../../lib/spop/codec/mod.ts";
import { createAb } from "../../../lib/spop/policies/ab.ts";
import { createChain } from "../../../lib/spop/policies/chain.ts";
import { createGeoip } from "../../../lib/spop/policies/geoip.ts";
import { createIpReputation } from "../../../lib/spop/policies/ip_reputation.ts";
import { createRate } from "../../../lib/spop/policies/rate.ts";
import { createScript } from "../../../lib/spop/policies/script.ts";
import { createUseragent } from "../../../lib/spop/policies/useragent.ts";
import type { PolicyActions, PolicyMessage } from "../../../lib/spop/policies/policy.ts";
import { availableVersions } from "../../../scripts/haproxy/versions.ts";
import { ask, startFrontend } from "./haproxy_frontend.ts";
import { Sized, writeMmdb } from "./mmdb/write_mmdb.ts";

const { present } = await availableVersions();

Deno.test("a HAProxy is there to be asked", () => assert.ok(present.length > 0));

const RECORD = {
  country: { iso_code: "CH", names: { en: "Switzerland" } },
  city: { names: { en: "Zürich" } },
  autonomous_system_number: new Sized("uint32", 64496),
};

const DATABASE = writeMmdb([[Cidr.parse("192.0.2.0/24"), RECORD], [Cidr.parse("2001:db8::/32"), RECORD]], {
  recordSize: 24,
  ipVersion: 6,
});

const LIST = new TextEncoder().encode("192.0.2.66\n198.51.100.0/24\n");

/** The files of the policies, as `outside` reads them. */
const outside = {
  stat: () => Promise.resolve({ isFile: true, size: 1, mtimeMs: 1, inode: 1 }),
  async *read(path: string) {
    yield await Promise.resolve(path === "geo.mmdb" ? DATABASE : LIST);
  },
};

const event = "on-frontend-http-request";

/** A script that says what it was asked, in a variable of that name. */
function says(name: string) {
  return createScript({
    name,
    file: `${name}.ts`,
    args: [{ name: "text", types: ["string"], fetch: "req.hdr(x-text)" }],
    sets: [{ scope: "transaction", name, type: "string", description: "what it heard" }],
    load: () =>
      Promise.resolve({
        default: ({ args }: PolicyMessage, actions: PolicyActions) => {
          if (args.text === "throw") throw new Error("as it was told");
          actions.set("transaction", name, `heard ${String(args.text)}`);
        },
      }),
  });
}

/** One of each, and a chain that stops behind a bad address. */
async function makePolicies(stack: AsyncDisposableStack) {
  const lists = [{ source: "bad.netset" }];
  const members = [
    stack.use(await createIpReputation({ name: "first", variable: "chain_score", lists, outside })),
    stack.use(await says("chain_said")),
  ];
  return [
    stack.use(await createIpReputation({ event, lists: [{ source: "bad.netset", score: 30 }], outside })),
    stack.use(await createGeoip({ event, databases: ["geo.mmdb"], outside })),
    stack.use(await createRate({ rate: 0.001, burst: 2 })),
    stack.use(await createUseragent()),
    stack.use(await createAb({ salt: "checkout", variants: { old: 50, new: 50 } })),
    stack.use(await says("said")),
    stack.use(await createChain({ event, policies: members, stop: { chain_score: 0 } })),
  ];
}

const SHOWN = [
  "ip_score",
  "geo_country",
  "geo_city",
  "geo_asn",
  "rate_remaining",
  "ua_class",
  "ua_name",
  "ab_variant",
  "said",
  "chain_score",
  "chain_said",
];

/** What a request brings, and what is shown of it; `""` for a variable that is not set. */
const REQUESTS: readonly (readonly [string, Record<string, string>, Record<string, string>])[] = [
  [
    "an address that every file knows",
    { "x-ip": "192.0.2.66", "x-text": "one" },
    { ip_score: "30", geo_country: "CH", geo_city: "Zürich", geo_asn: "64496", chain_score: "0", chain_said: "" },
  ],
  [
    "an address of IPv6",
    { "x-ip": "2001:db8::9", "x-text": "two" },
    { ip_score: "100", geo_country: "CH", said: "heard two", chain_score: "100", chain_said: "heard two" },
  ],
  [
    "an address that nobody knows",
    { "x-ip": "203.0.113.1", "x-text": "three" },
    { ip_score: "100", geo_country: "", geo_city: "", geo_asn: "", chain_said: "heard three" },
  ],
  [
    "a script that throws: its default is nothing, and the others have their say",
    { "x-ip": "203.0.113.1", "x-text": "throw" },
    { said: "", chain_said: "", chain_score: "100", ua_class: "tool" },
  ],
  ["a client", { "user-agent": "curl/8.5.0" }, { ua_class: "tool", ua_name: "curl" }],
  ["a key of the one variant", { "x-key": "alice" }, { ab_variant: "new", rate_remaining: "1" }],
  ["a key of the other", { "x-key": "heidi" }, { ab_variant: "old", rate_remaining: "1" }],
];

for (const build of present) {
  Deno.test(`policies of the request itself give HAProxy their verdicts [HAProxy ${build.version}]`, async (t) => {
    await using stack = new AsyncDisposableStack();
    const policies = await makePolicies(stack);
    await using frontend = await startFrontend(build, policies, {
      shown: SHOWN,
      edit: (spoe) => spoe.replaceAll("ip=src", "ip=req.hdr_ip(x-ip)").replaceAll("key=src", "key=req.hdr(x-key)"),
    });
    for (const [index, [name, request, expected]] of REQUESTS.entries()) {
      await t.step(name, async () => {
        const headers = { "user-agent": "curl/8.5.0", "x-key": `key ${index}`, ...request };
        const response = await ask(frontend.url, { headers });
        assert.equal(response.status, 200);
        const shown = Object.keys(expected).map((name) => [name, headerText(response, name)]);
        assert.deepEqual(Object.fromEntries(shown), expected);
      });
    }
    await t.step("a key that asks too often", async () => {
      const statuses: number[] = [];
      for (let time = 0; time < 3; time++) {
        statuses.push((await ask(frontend.url, { headers: { "x-key": "often" } })).status);
      }
      assert.deepEqual(statuses, [200, 200, 429]);
    });
  });
}

/** A variable as the answer shows it; HAProxy writes what is no ASCII as `%C3%BC` or as it is. */
function headerText(response: Response, variable: string): string {
  const value = response.headers.get(`x-${variable.replaceAll("_", "-")}`) ?? "";
  return decodeURIComponent(new TextDecoder().decode(Uint8Array.from(value, (one) => one.charCodeAt(0))));
}
