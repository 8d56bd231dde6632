/** `[agent]` and `[check.NAME]`: what is read, and what is said of what is wrong. */

import assert from "node:assert/strict";
import { CHECK_KINDS, CheckAgent, TargetGuard } from "../../lib/agent/mod.ts";
import { InvalidConfig, readAgentConfig } from "../../lib/config/mod.ts";

const GOOD = `# what HAProxy asks about
[agent]
listen = ["127.0.0.1:1337", "unix:/run/happi/agent.sock"]
http = "off"
reply_words = "seed"
allow = ["private", "api.example.com", 8888]
state_dir = "state"
ready_window = "1m"
max_runs = 64

[agent.wire]
deadline = 900
on_deadline = "down"

[agent.group.chain]
max_down = "50%"

[check."web/s1"]
kind = "v1"
url = "http://10.0.0.1:8888"
num_blocks = 20
group = "chain"
max_age = "500ms"
every = 2000
deadline = "1.2s"
stale_for = "10s"
rise = 2
fall = 3
min_dwell = "5s"
on_up = "100%"
on_down = "10% up"
on_stop = "hold"

[check.said]
kind = "debug"
reply = "up"
`;

Deno.test("readAgentConfig() gives settings, checks and groups, options by their names in code", () => {
  const { settings, wire, set } = readAgentConfig(GOOD, "/etc/happi/happi.toml");
  assert.deepEqual(settings, {
    listen: ["127.0.0.1:1337", "unix:/run/happi/agent.sock"],
    http: "off",
    reply_words: "seed",
    allow: ["private", "api.example.com", "8888"],
    state_dir: "/etc/happi/state",
    ready_window: 60_000,
    max_runs: 64,
  });
  assert.deepEqual(wire, { deadlineMs: 900, onDeadline: { health: "down" } });
  assert.deepEqual(set.groups, { chain: { maxDownShare: 0.5 } });
  assert.deepEqual(set.checks, [
    {
      name: "web/s1",
      kind: "v1",
      options: { url: "http://10.0.0.1:8888", numBlocks: 20 },
      steady: {
        maxAgeMs: 500,
        everyMs: 2000,
        deadlineMs: 1200,
        staleForMs: 10_000,
        rise: 2,
        fall: 3,
        minDwellMs: 5000,
        onUp: { weight: { percent: 100 } },
        onDown: { health: "up", weight: { percent: 10 } },
        onStop: "hold",
      },
      group: "chain",
    },
    { name: "said", kind: "debug", options: { reply: "up" } },
  ]);
});

Deno.test("readAgentConfig() finds nothing in a file about other things", () => {
  const { settings, wire, set } = readAgentConfig("[spoa]\nworkers = 1\n", "f");
  assert.deepEqual({ settings, wire, set }, { settings: {}, wire: {}, set: { checks: [], groups: {} } });
});

/** A file, and the whole error. */
const BAD: readonly (readonly [toml: string, message: string])[] = [
  ["agent = 1\n", 'line 1, key "agent" is "1" and must be a table'],
  ["check = 1\n", 'line 1, key "check" is "1" and must be a table'],
  ["[agent]\n\nlisten = 1\n", 'line 3, key "agent.listen" is "1" and must be a text or a list of texts'],
  ["[agent]\nlissen = 1\n", 'line 2, key "agent.lissen" is unknown: the keys are listen, http, reply_words, allow, '],
  ["[agent.groups.x]\n", 'line 1, key "agent.groups" is unknown: the tables are wire, group'],
  ["[agent]\nreply_words = 'old'\n", 'line 2, key "agent.reply_words" is "old" and must be "haproxy" or "seed"'],
  ["[agent]\nallow = [true]\n", 'line 2, key "agent.allow" is a list and must be a list of hosts, networks and ports'],
  ["[agent]\nready_window = 1\n", 'line 2, key "agent.ready_window" is "1" and must be a time from 1000 ms to '],
  ["[agent.wire]\nrise = 0\n", 'line 2, key "agent.wire.rise" is "0" and must be a whole number from 1 to 1000'],
  ["[agent.group.x]\n", 'line 1, key "agent.group.x.max_down" is missing'],
  ["[agent.group.x]\nmax_down = 2\n", 'line 2, key "agent.group.x.max_down" is "2" and must be a share such as "50%"'],
  ["[agent.group.x]\nmax_down = '101%'\n", 'line 2, key "agent.group.x.max_down" is "101%" and must be a share such '],
  ["[check.x]\nurl = 'u'\n", 'line 1, key "check.x.kind" is missing and must be one of v1, '],
  ["[check.x]\nkind = 'v3'\n", 'line 2, key "check.x.kind" is "v3" and must be one of v1, '],
  ["[check.x]\nkind = 'v1'\ngroup = 1\n", 'line 3, key "check.x.group" is "1" and must be a text'],
  ["[check.x]\nkind = 'v1'\nnumBlocks = 1\n", 'line 3, key "check.x.numBlocks" is unknown: keys are in snake_case'],
  [
    "[check.x]\nkind = 'v1'\nmax_age = 'soon'\n",
    'line 3, key "check.x.max_age" is "soon" and must be a time from 0 ms ',
  ],
  [
    "[check.x]\nkind = 'v1'\non_down = 'failed'\n",
    'line 3, key "check.x.on_down" is "failed" and must be words for HAProxy: HAProxy does not know "failed"',
  ],
  ["[check.'a b']\nkind = 'v1'\n", 'line 1, key "check."a b"" must have a name of 1 to 128 letters, digits'],
  ["[check.'a|b']\nkind = 'v1'\n", 'line 1, key "check."a|b"" must have a name of 1 to 128 letters, digits'],
];

for (const [toml, message] of BAD) {
  Deno.test(`readAgentConfig() says ${message.slice(0, 70)}`, () => {
    assert.throws(() => readAgentConfig(toml, "happi.toml"), (thrown) => {
      assert.ok(thrown instanceof InvalidConfig);
      assert.ok(thrown.message.startsWith(`Cannot use "happi.toml": ${message}`), thrown.message);
      return true;
    });
  });
}

/** A file whose check cannot be made, and where the error is put. */
const REFUSED: readonly (readonly [toml: string, message: string])[] = [
  ["[check.x]\nkind = 'v1'\n", 'line 1, key "check.x.url" is missing and must be '],
  [
    "[check.x]\nkind = 'v1'\nurl = 'http://10.0.0.1'\nnum_blocks = 'few'\n",
    'line 4, key "check.x.num_blocks" is "few" and must be an integer',
  ],
  [
    "[check.x]\nkind = 'v1'\nurl = 'http://10.0.0.1'\nnum_block = 5\n",
    'line 4, key "check.x.num_block" is unknown: the keys are ',
  ],
  [
    "[check.x]\nkind = 'debug'\nreply = 'failed'\n",
    'line 1, key "check.x" cannot be used: HAProxy has no word "failed"',
  ],
];

for (const [toml, message] of REFUSED) {
  Deno.test(`locate() says ${message.slice(0, 70)}`, () => {
    const { set, locate } = readAgentConfig(toml, "happi.toml");
    assert.throws(() => new CheckAgent({ kinds: CHECK_KINDS, guard: new TargetGuard(), ...set }), (thrown) => {
      assert.ok(thrown instanceof Error);
      const located = locate(thrown);
      assert.ok(located.message.startsWith(`Cannot use "happi.toml": ${message}`), located.message);
      return true;
    });
  });
}

Deno.test("readAgentConfig() means files beside the configuration", () => {
  const toml = "[check.x]\nkind = 'v1'\nca_file = 'ca.pem'\nurl = 'http://10.0.0.1'\n";
  const [check] = readAgentConfig(toml, "/etc/happi.toml").set.checks;
  assert.deepEqual(check?.options, { caFile: "/etc/ca.pem", url: "http://10.0.0.1" });
});
