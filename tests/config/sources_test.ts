import assert from "node:assert/strict";
import { InvalidConfig, readSourcesConfig } from "../../lib/config/mod.ts";
import { makeSource } from "../../lib/services/mod.ts";

const GOOD = `
[source.own]
kind = "static"
[source.own.services.web]
"web/0" = { hostname = "10.0.0.1", port = 80, weight = 10 }

[source.files]
kind = "file"
path = "services.d"
interval = "2s"
settle = "200ms"

[source.names]
kind = "dns"
servers = ["10.0.0.53", "[::1]:5353"]
names = [
  { service = "web", name = "web.test", port = 80 },
  { service = "db", name = "_db._tcp.test", type = "SRV" },
]

[source.registry]
kind = "http"
url = "https://registry.test/services"
headers = { x-team = "web" }
token_file = "registry.token"
ca_file = "/etc/ssl/registry.pem"

[source.consul]
kind = "consul"
url = "http://127.0.0.1:8500"
services = "web"
health = "warning"
wait = "1m"

[source.etcd]
kind = "etcd"
urls = ["http://10.0.0.1:2379", "http://10.0.0.2:2379"]
prefix = "/happi/"
user = "happi"
password_file = "etcd.password"
throttle = "1s"
`;

Deno.test("readSourcesConfig() reads every kind, files beside the configuration", () => {
  const { sources } = readSourcesConfig(GOOD, "/etc/happi/happi.toml");
  // What was not given is there as undefined.
  const given = sources.map(({ name, kind, options }) => [
    name,
    kind,
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  ]);
  assert.deepEqual(given, [
    ["own", "static", {
      picture: new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }], weight: 10 }]]]),
    }],
    ["files", "file", { intervalMs: 2000, path: "/etc/happi/services.d", settleMs: 200 }],
    ["names", "dns", {
      names: [
        { service: "web", name: "web.test", type: "A", port: 80 },
        { service: "db", name: "_db._tcp.test", type: "SRV", port: undefined },
      ],
      servers: [{ hostname: "10.0.0.53", port: 53 }, { hostname: "::1", port: 5353 }],
    }],
    ["registry", "http", {
      caFile: "/etc/ssl/registry.pem",
      url: new URL("https://registry.test/services"),
      headers: { "x-team": "web" },
      tokenFile: "/etc/happi/registry.token",
    }],
    ["consul", "consul", {
      url: new URL("http://127.0.0.1:8500"),
      services: ["web"],
      health: "warning",
      waitMs: 60_000,
    }],
    ["etcd", "etcd", {
      throttleMs: 1000,
      urls: [new URL("http://10.0.0.1:2379"), new URL("http://10.0.0.2:2379")],
      prefix: "/happi/",
      user: "happi",
      passwordFile: "/etc/happi/etcd.password",
    }],
  ]);
  assert.deepEqual(sources.map((source) => makeSource(source)).map(({ kind, target }) => [kind, target]), [
    ["static", "the configuration"],
    ["file", "/etc/happi/services.d"],
    ["dns", "web.test, _db._tcp.test"],
    ["http", "https://registry.test/services"],
    ["consul", "http://127.0.0.1:8500/"],
    ["etcd", "http://10.0.0.1:2379/ http://10.0.0.2:2379/ /happi/"],
  ]);
});

Deno.test("readSourcesConfig() finds nothing in a file about other things", () => {
  assert.deepEqual(readSourcesConfig("[agent]\n", "f"), { sources: [] });
});

/** A file, and the beginning of what is said of it. */
const BAD: readonly (readonly [toml: string, message: string])[] = [
  ["source = 1\n", 'line 1, key "source" is "1" and must be a table'],
  ["[source]\nx = 1\n", 'line 2, key "source.x" is "1" and must be a table'],
  ["[source.'a b']\nkind = 'file'\n", 'line 1, key "source."a b"" must have a name of 1 to 63'],
  ["[source.x]\n", 'line 1, key "source.x.kind" is missing and must be one of static, file, dns, http, consul, etcd'],
  ["[source.x]\nkind = 'zookeeper'\n", 'line 2, key "source.x.kind" is "zookeeper" and must be one of static'],
  ["[source.x]\nkind = 'file'\n", 'line 1, key "source.x.path" is missing'],
  ["[source.x]\nkind = 'file'\npaht = 'a'\n", 'line 3, key "source.x.paht" is unknown: the keys are throttle, retry'],
  [
    "[source.x]\nkind = 'file'\nformat = 'ini'\n",
    'line 3, key "source.x.format" is "ini" and must be "json" or "toml"',
  ],
  ["[source.x]\nkind = 'static'\n", 'line 1, key "source.x.services" is missing'],
  [
    "[source.x]\nkind = 'static'\n[source.x.services.web]\na = { hostname = 'h', port = 80 }\nb = { hostname = 'h' }\n",
    'line 5, key "source.x.services.web.b" cannot be used: service "web", unit "b": "port" is "undefined" and must be',
  ],
  ["[source.x]\nkind = 'dns'\n", 'line 1, key "source.x.names" is missing'],
  [
    "[source.x]\nkind = 'dns'\n[[source.x.names]]\nservice = 'web'\nname = 'a'\n",
    'line 3, key "source.x.names[0].port" is missing: A has none',
  ],
  [
    "[source.x]\nkind = 'dns'\n[[source.x.names]]\nservice = 'web'\nname = 'a'\ntype = 'SRV'\nport = 1\n",
    'line 7, key "source.x.names[0].port" is not to be set: SRV has its own',
  ],
  [
    "[source.x]\nkind = 'dns'\nservers = 'dns.test'\n",
    'line 3, key "source.x.servers" is "dns.test" and must be addresses',
  ],
  ["[source.x]\nkind = 'http'\n", 'line 1, key "source.x.url" is missing'],
  [
    "[source.x]\nkind = 'http'\nurl = 'http://a:b@c/'\n",
    'line 3, key "source.x.url" is "http://a:b@c/" and must be a URL',
  ],
  [
    "[source.x]\nkind = 'http'\nurl = 'http://c/'\ncert_file = 'a'\n",
    'line 1, key "source.x.key_file" is missing: give both or none',
  ],
  ["[source.x]\nkind = 'consul'\nwait = '1h'\n", 'line 3, key "source.x.wait" is "1h" and must be a time from 1000 ms'],
  ["[source.x]\nkind = 'etcd'\nprefix = 'x'\n", 'line 3, key "source.x.prefix" is "x" and must be a text with "/" at'],
  ["[source.x]\nkind = 'etcd'\nuser = 'x'\n", 'line 1, key "source.x.password_file" is missing: give both or none'],
];

for (const [toml, message] of BAD) {
  Deno.test(`readSourcesConfig() says ${message.slice(0, 80)}`, () => {
    assert.throws(() => readSourcesConfig(toml, "happi.toml"), (thrown) => {
      assert.ok(thrown instanceof InvalidConfig);
      assert.ok(thrown.message.startsWith(`Cannot use "happi.toml": ${message}`), thrown.message);
      return true;
    });
  });
}
