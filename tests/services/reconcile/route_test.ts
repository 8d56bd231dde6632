import assert from "node:assert/strict";
import { InvalidRoute, route } from "../../../lib/services/reconcile/mod.ts";

const GIVEN = { service: "web", backend: "be_web" };

Deno.test("route() fills in what was left out", () => {
  assert.deepEqual(route(GIVEN), {
    ...{ service: "web", backend: "be_web", server: "happi-{service}-{unit}", own: [], options: {} },
    ...{ min_share: 0.5, drain_ms: 30_000, map: [], acl: [] },
  });
});

Deno.test("route() keeps everything that was given", () => {
  const given = {
    ...{ service: "web", backend: "be_web", server: "{unit}", server_template: "slot", own: ["s1"] },
    ...{ min_share: 0, drain_ms: 0, map: [{ file: "/m", key: "{service}", value: "{meta.zone}" }] },
    acl: [{ file: "/a", key: "{address}" }],
    options: {
      ...{ check: true, check_port: 81, inter: "500ms", weight: 256, maxconn: 0, keywords: "ssl verify none" },
      agent_check: { addr: "::1", port: 9, send: "{unit}", inter: "2s" },
    },
  };
  assert.deepEqual(route(given), given);
  assert.deepEqual(route(route(given)), given);
});

const FAULTS: readonly (readonly [unknown, RegExp])[] = [
  [7, /^Cannot use route "\? to \?" with 7 as route: it must be a table$/],
  [{ backend: "b" }, /^Cannot use route "\? to b" with null as service: it is needed$/],
  [{ ...GIVEN, server: "{units}" }, /as server: there is no \{units\}; there are \{service\}, /],
  [{ ...GIVEN, server: "{unit" }, /as server: a brace is left open$/],
  [{ ...GIVEN, sever: "x" }, /as sever: there are service, backend, server, /],
  [{ ...GIVEN, min_share: 1.5 }, /with 1\.5 as min_share: it must be a number from 0 to 1$/],
  [{ ...GIVEN, drain_ms: 0.5 }, /as drain_ms: it must be a whole number from 0 to 86400000$/],
  [{ ...GIVEN, own: ["a", "b c"] }, /with "b c" as own\.1: a name has letters/],
  [{ ...GIVEN, options: { weight: 257 } }, /with 257 as options\.weight: it must be a whole number from 0 to 256$/],
  [{ ...GIVEN, options: { check: "yes" } }, /as options\.check: it must be true or false$/],
  [{ ...GIVEN, options: { inter: "2 s" } }, /as options\.inter: a time is written as "500ms" or "2s"$/],
  [{ ...GIVEN, options: { keywords: "a\nb" } }, /as options\.keywords: it must be one line of text$/],
  [{ ...GIVEN, options: { agent_check: {} } }, /as options\.agent_check\.port: it is needed$/],
  [
    { ...GIVEN, options: { agent_check: { port: 9, addr: "a.test" } } },
    /agent_check\.addr: it must be an IPv4 or IPv6/,
  ],
  [{ ...GIVEN, map: [{ file: "/m", key: "a b", value: "c" }] }, /as map\.0\.key: a key with blanks/],
  [{ ...GIVEN, map: [{ file: "@1", key: "a", value: "c" }] }, /as map\.0\.file: it must not begin with "@"/],
  [{ ...GIVEN, map: [{ file: "/m", key: "a" }] }, /as map: an entry of a map has a value$/],
  [{ ...GIVEN, acl: [{ file: "/m", key: "a", value: "b" }] }, /as acl: an entry of an ACL has no value$/],
  [
    { ...GIVEN, server_template: "s", map: [{ file: "/m", key: "a", value: "{server}" }] },
    /as \{server\}: with prepared servers it is not known before/,
  ],
];

for (const [given, message] of FAULTS) {
  Deno.test(`route() refuses ${JSON.stringify(given)}`, () => {
    assert.throws(() => route(given), (thrown) => thrown instanceof InvalidRoute && message.test(thrown.message));
  });
}
