/** A check of every kind with every option there is, as a file has it. */

import assert from "node:assert/strict";
import { CHECK_KINDS, CheckAgent, TargetGuard } from "../../lib/agent/mod.ts";
import { readAgentConfig } from "../../lib/config/mod.ts";

const CHAIN_ID = "aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906";
const TLS = `
insecure = false
server_name = "s1.example"
ca_file = "ca.pem"
cert_file = "own.pem"
key_file = "own.key"
`;
const API = `
url = "https://10.0.0.1:8888/api"
host = "api.example:8888"
${TLS}`;

/** What stands below `[check.NAME]`, by kind. */
const SAMPLES: Readonly<Record<string, string>> = {
  v1: `${API}\nnum_blocks = 20\nchain_id = "${CHAIN_ID}"\narithmetic = "0.2.0"`,
  v2: `${API}\nnum_blocks = 20\narithmetic = "current"`,
  atomic: `${API}\nnum_blocks = 20`,
  lib: `${API}\nnum_blocks = 400\nchain_id = "${CHAIN_ID}"`,
  chain_id: `${API}\nchain_id = "${CHAIN_ID}"`,
  peers: `${API}
    num_blocks = 5
    chain_id = "${CHAIN_ID}"
    peers = ["http://10.0.0.2:8888", "http://10.0.0.3:8888"]
    agree = 2
    alone = "fail"
    peer_timeout = "900ms"`,
  eth: `${API}\nmax_lag = "30s"`,
  debug: 'reply = "50% up"',
  http: `${API}
    status = "200-299,304"
    method = "POST"
    body = "{}"
    headers = { "X-Token" = "secret" }
    expect = "fine"
    matches = "^f.ne"
    json = "/status"
    equals = "ok"
    above = 1
    below = 2.5
    reply = "status"
    max_body = 4096`,
  tcp: `address = "10.0.0.1:25"\nsend = 'EHLO x\\r\\n'\nexpect = "220"\nmatches = "^220 "\ntls = true\n${TLS}`,
  grpc: `address = "[::1]:50051"\nservice = "my.Service"\nauthority = "api.example"\ntls = true\n${TLS}`,
  command: `
    command = ["/usr/lib/nagios/plugins/check_disk", "-w", "10%"]
    cwd = "plugins"
    env = { LANG = "C" }
    reply = "exit"
    exit_codes = { 1 = "up 50%", 2 = "down" }`,
  load: `
    curve = "first_order"
    cpu = "50-100"
    load = "1-4"
    memory = "off"
    down_above_cpu = 99
    down_above_load = 20
    down_above_memory = 99.5
    allow_zero = true
    smooth = "10s"`,
  redis: `address = "10.0.0.1:6379"\nrole = "replica"\nmax_lag = "15s"\nuser = "u"\npassword = "p"\ntls = true\n${TLS}`,
  postgres: `
    address = "10.0.0.1:5432"
    user = "monitor"
    password = "p"
    database = "db"
    role = "standby"
    max_lag = "10s"
    tls = true
    ${TLS}`,
  file: 'path = "flag"\npresent = "drain"',
  all: 'of = ["debug", "load"]',
  any: 'of = ["debug", "all"]',
};

/** What every check has, beside its own. */
const STEADY = `
max_age = "500ms"
every = "2s"
deadline = "1.2s"
on_deadline = "down"
stale_for = "5s"
rise = 2
fall = 3
min_dwell = "1s"
on_up = "100% up"
on_down = "drain"
on_stop = "hold"
group = "farm"
`;

Deno.test("there is a sample of every kind", () => {
  assert.deepEqual(Object.keys(SAMPLES), CHECK_KINDS.map(({ name }) => name));
});

for (const { name, options } of CHECK_KINDS) {
  Deno.test(`the sample of kind ${name} has all options of the kind`, () => {
    const toml = `[check.${name}]\nkind = "${name}"\n${SAMPLES[name]}\n${STEADY}`;
    const [check] = readAgentConfig(toml, "/etc/happi.toml").set.checks;
    assert.deepEqual(Object.keys(check?.options ?? {}).sort(), Object.keys(options).sort());
    assert.equal(Object.keys(check?.steady ?? {}).length, 11);
    assert.equal(check?.group, "farm");
  });
}

Deno.test("an agent is made of a file with every kind, and each check has its kind", async () => {
  const tables = Object.entries(SAMPLES).map(([kind, toml]) => `[check.${kind}]\nkind = "${kind}"\n${toml}\n${STEADY}`);
  const { set } = readAgentConfig(`[agent.group.farm]\nmax_down = "50%"\n${tables.join("\n")}`, "/etc/happi.toml");
  await using agent = new CheckAgent({ kinds: CHECK_KINDS, guard: new TargetGuard(), ...set });
  assert.deepEqual(
    agent.checks().map(({ name, kind, group }) => [name, kind, group]),
    CHECK_KINDS.map(({ name }) => [name, name, "farm"]),
  );
});
