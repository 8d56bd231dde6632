import assert from "node:assert/strict";
import { InvalidConfig, readServicesConfig } from "../../lib/config/mod.ts";

Deno.test("readServicesConfig() reads [services] and [[route]], and looks at no other table", () => {
  const toml = `[services]
http = "127.0.0.1:0"
socket = "/run/haproxy/admin.sock"
state_dir = "state"
interval = "5s"
apply = false
min_ttl = 500
max_ttl = "1h"
drain = "10s"
max_units = 50
[agent]
anything = 1
[[route]]
service = "web"
backend = "be_web"
[route.options]
weight = 5
[[route]]
service = "api"
backend = "be_api"
`;
  const { settings, routes } = readServicesConfig(toml, "/etc/happi/happi.toml");
  assert.deepEqual(settings, {
    ...{ http: "127.0.0.1:0", socket: "/run/haproxy/admin.sock", state_dir: "/etc/happi/state", apply: false },
    ...{ interval: 5_000, min_ttl: 500, max_ttl: 3_600_000, drain: 10_000, max_units: 50 },
  });
  assert.deepEqual(routes.map(({ service, backend, options }) => [service, backend, options]), [
    ["web", "be_web", { weight: 5 }],
    ["api", "be_api", {}],
  ]);
});

Deno.test("readServicesConfig() finds nothing in an empty file", () => {
  assert.deepEqual(readServicesConfig("", "happi.toml"), { settings: {}, routes: [] });
});

const WRONG: readonly (readonly [toml: string, why: RegExp])[] = [
  ["services = 1", /key "services" is "1" and must be a table/],
  ["route = 1", /key "route" is "1": write \[\[route\]\]/],
  ['[services]\nintervall = "5s"', /line 2, key "services.intervall" is unknown: the keys are http/],
  ['[services]\nmax_ttl = "25d"', /key "services.max_ttl" is "25d" and must be/],
  ['[services]\nmin_ttl = "1h"\nmax_ttl = "1m"', /key "services.min_ttl" must not be more than max_ttl/],
  ['[[route]]\nservice = "a"', /line 1, key "route\[0\]\.backend" cannot be used: it is needed/],
  [
    '[[route]]\nservice = "a"\nbackend = "b"\n[[route]]\nservice = "a"\nbackend = "b"\nmin_share = 2',
    /line 7, key "route\[1\]\.min_share" cannot be used: it must be a number from 0 to 1/,
  ],
  [
    '[[route]]\nservice = "a"\nbackend = "b"\n[[route.map]]\nfile = "@x"\nkey = "k"\nvalue = "v"',
    /key "route\[0\]\.map\[0\]\.file" cannot be used: it must not begin with/,
  ],
];

for (const [toml, why] of WRONG) {
  Deno.test(`readServicesConfig() refuses ${JSON.stringify(toml)}`, () => {
    assert.throws(
      () => readServicesConfig(toml, "happi.toml"),
      (thrown) => thrown instanceof InvalidConfig && why.test(thrown.message),
    );
  });
}
