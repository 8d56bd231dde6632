/** `[spoa]` and `[spoa.NAME]`: what is read, and what is said of what is wrong. */

import assert from "node:assert/strict";
import { InvalidConfig, readSpoaConfig } from "../../lib/config/mod.ts";
import { makePolicy } from "../../lib/spop/mod.ts";

const GOOD = `# what the edge asks
[spoa]
listen = ["127.0.0.1:3000", "unix:/run/happi/spoa.sock"] # both
workers = 2
io = "epoll"
processing_ms = 300
http = "127.0.0.1:5081"

[spoa.reputation]
kind = "ip_reputation"
unknown_score = 90
lists = [
  { source = "bad.netset", score = 0 },
  { source = "/etc/good.csv", prefix_column = 2 },
]

[[spoa.other.lists]]
source = "https://example.com/list"

[spoa.other]
kind = "ip_reputation"

[spoa.front]
kind = "chain"
policies = ["reputation", "split"]
stop = { ab_variant = "new" }

[spoa.split]
kind = "ab"
salt = "s"
variants = { old_one = 90, newOne = 10 }
`;

Deno.test("readSpoaConfig() gives settings and policies, options by their names in code", () => {
  const { settings, policies } = readSpoaConfig(GOOD, "/etc/happi/happi.toml");
  assert.deepEqual(settings, {
    listen: ["127.0.0.1:3000", "unix:/run/happi/spoa.sock"],
    workers: 2,
    io: "epoll",
    processing_ms: 300,
    http: "127.0.0.1:5081",
  });
  assert.deepEqual(policies, [
    {
      name: "reputation",
      kind: "ip_reputation",
      options: {
        unknownScore: 90,
        lists: [{ source: "/etc/happi/bad.netset", score: 0 }, { source: "/etc/good.csv", prefixColumn: 2 }],
      },
    },
    { name: "other", kind: "ip_reputation", options: { lists: [{ source: "https://example.com/list" }] } },
    { name: "front", kind: "chain", options: { policies: ["reputation", "split"], stop: { ab_variant: "new" } } },
    { name: "split", kind: "ab", options: { salt: "s", variants: { old_one: 90, newOne: 10 } } },
  ]);
});

Deno.test("readSpoaConfig() finds nothing in a file about other things", () => {
  assert.deepEqual(readSpoaConfig("[server]\nlisten = 1\n", "f").policies, []);
  assert.deepEqual(readSpoaConfig("", "f").settings, {});
});

/** A file, and the whole error. */
const BAD: readonly (readonly [toml: string, message: string])[] = [
  ["a = 1\nb = = 2\n", "line 2 is no TOML: invalid value"],
  ["spoa = 1\n", 'line 1, key "spoa" is "1" and must be a table'],
  [
    "[spoa]\n\nworkers = 0\n",
    'line 3, key "spoa.workers" is "0" and must be a whole number from 1 to 64',
  ],
  ['[spoa]\nio = "uring"\n', 'line 2, key "spoa.io" is "uring" and must be "default" or "epoll"'],
  ["[spoa]\nlisten = [1]\n", 'line 2, key "spoa.listen" is a list and must be a text or a list of texts'],
  [
    "[spoa]\nlissen = 1\n",
    'line 2, key "spoa.lissen" is unknown: the keys are listen, workers, io, processing_ms, http, record_verdicts',
  ],
  ["[spoa.x]\nrate = 1\n", 'line 1, key "spoa.x.kind" is missing and must be one of ip_reputation, geoip, rate, jwt, '],
  ['[spoa.x]\n# no\nkind = "rates"\n', 'line 3, key "spoa.x.kind" is "rates" and must be one of ip_reputation, '],
  ['[spoa]\nx.kind = "rate"\nx.rateLimit = 1\n', 'line 3, key "spoa.x.rateLimit" is unknown: keys are in snake_case'],
  ['[spoa.x]\nkind = "rate"\nname = "y"\n', `line 3, key "spoa.x.name" is not to be set: the policy's name is "x"`],
  ['[spoa."a b"]\nkind = "rate"\n', 'line 1, key "spoa."a b"" must have a name of 1 to 63 letters'],
];

for (const [toml, message] of BAD) {
  Deno.test(`readSpoaConfig() says ${message.slice(0, 60)}`, () => {
    assert.throws(() => readSpoaConfig(toml, "happi.toml"), (thrown) => {
      assert.ok(thrown instanceof InvalidConfig);
      assert.ok(thrown.message.startsWith(`Cannot use "happi.toml": ${message}`), thrown.message);
      return true;
    });
  });
}

/** A file whose policy cannot be made, and where the error is put. */
const REFUSED: readonly (readonly [toml: string, message: string])[] = [
  [
    '[spoa.limit]\nkind = "rate"\nrate = 10\n# too many\nburst = 0\n',
    'line 5, key "spoa.limit.burst" is "0" and must be a number from 1 to 1000000000',
  ],
  [
    '[spoa.r]\nkind = "ip_reputation"\nunknown_score = 101\n',
    'line 3, key "spoa.r.unknown_score" is "101" and must be an integer from 0 to 100',
  ],
  [
    '[spoa.limit]\nkind = "rate"\nrate = 10\ncost_argumen = "x"\n',
    'line 4, key "spoa.limit.cost_argumen" is unknown: the keys are rate, burst, cost, buckets, ',
  ],
  [
    '[spoa.r]\nkind = "ip_reputation"\nlists = [\n  { source = "a" },\n\n  { source = "b", prefix_column = "" },\n]\n',
    'line 6, key "spoa.r.lists[1].prefix_column" is "" and must be ',
  ],
  [
    '[spoa.r]\nkind = "ip_reputation"\n[[spoa.r.lists]]\nsource = "a"\n[[spoa.r.lists]]\nscore = 7\n',
    'line 5, key "spoa.r.lists[1].source" is missing',
  ],
  [
    '[spoa.t]\nkind = "jwt"\n',
    'line 1, key "spoa.t" cannot be used: it has no keys; give one of "jwks_url", "jwks_file", "key_file", ',
  ],
  [
    '[spoa.t]\nkind = "jwt"\nsecret = "x"\nkey_file = "k"\n',
    'line 4, key "spoa.t.key_file" cannot be used: options "key_file" and "secret" exclude each other',
  ],
  [
    '[spoa.t]\nkind = "header_signature"\nsecrets = "hunter2"\n',
    'line 3, key "spoa.t.secrets" is "(hidden)" and must be a list',
  ],
  [
    "[spoa.x]\nkind = 'ab'\nsalt = 's'\n[spoa.x.variants]\n'option \"(\"' = -1\n",
    'line 1, key "spoa.x."("" cannot be used: the weight of variant "option "("" is "-1" and must be',
  ],
  ['[spoa.g]\nkind = "geoip"\n', 'line 1, key "spoa.g.databases" is missing'],
];

for (const [toml, message] of REFUSED) {
  Deno.test(`locate() says ${message.slice(0, 60)}`, async () => {
    const { policies: [policy], locate } = readSpoaConfig(toml, "happi.toml");
    assert.ok(policy);
    const error = await makePolicy(policy.kind, { ...policy.options, name: policy.name }).then(
      () => assert.fail("it was made"),
      (thrown: Error) => thrown,
    );
    const located = locate(error);
    assert.ok(located.message.startsWith(`Cannot use "happi.toml": ${message}`), located.message);
  });
}

Deno.test("locate() gives back what is not about a policy of the file", () => {
  const { locate } = readSpoaConfig(GOOD, "happi.toml");
  const other = new Error("no");
  assert.equal(locate(other), other);
});

/** Files that somebody wants to harm with. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ["nested lists", `[spoa.x]\nkind = "rate"\na = ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`],
  ["nested tables", `[spoa.x]\nkind = "rate"\na = ${"{a=".repeat(20_000)}1${"}".repeat(20_000)}\n`],
  ["a key of many dots", `[spoa.x]\nkind = "rate"\n${"a.".repeat(20_000)}a = 1\n`],
  ["a header of many dots", `[spoa.x.${"a.".repeat(20_000)}a]\n`],
  ["keys that collide", '[spoa.x]\nkind = "rate"\n[spoa]\nx.rate = 1\n'],
  ["a key that is no option", '[spoa.x]\nkind = "rate"\n__proto__ = { rate = 1 }\n'],
  ["bytes", "\0\u0001\ufffd"],
];

for (const [name, toml] of HOSTILE) {
  Deno.test(`readSpoaConfig() says what is wrong with ${name}`, () => {
    assert.throws(() => readSpoaConfig(toml, "happi.toml"), InvalidConfig);
  });
}

Deno.test("readSpoaConfig() takes names of members that every object has as names like any other", () => {
  const toml =
    '[spoa.__proto__]\nkind = "jwt"\n[spoa.__proto__.claims]\n__proto__ = "sub"\n[spoa.constructor]\nkind = "rate"\n';
  const { policies } = readSpoaConfig(toml, "happi.toml");
  assert.deepEqual(policies.map((policy) => policy.name), ["__proto__", "constructor"]);
  assert.deepEqual(Object.entries(policies[0]?.options.claims ?? {}), [["__proto__", "sub"]]);
  assert.equal(Object.hasOwn(Object.prototype, "sub"), false);
});
