/** `[process]` and `[process.NAME]`: what is read, and what is said of what is wrong. */

import assert from "node:assert/strict";
import { InvalidConfig, readProcessConfig } from "../../lib/config/mod.ts";
import { InvalidDefinition } from "../../lib/process/mod.ts";

const GOOD = `[process]
listen = "127.0.0.1:5000"
http = "off"
state_dir = "state"
admin_token_file = "/etc/happi/token"
origins = "http://127.0.0.1:8000"
webhooks = { "proc.web.exit" = "http://127.0.0.1:9000/", "." = ["http://127.0.0.1:9001/", "https://ops.example.com/"] }

[process."app:web"]
cmd = "serve"
args = "-p $PORT"
env = { PORT = 80 }
cwd = "app"
numprocesses = 2
depends_on = { db = "ready" }
server = "web/s1"
flapping = { attempts = 3 }

[process.db]
cmd = "db"
ready = { tcp = "127.0.0.1:5432", timeout = 10 }
`;

Deno.test("readProcessConfig() gives settings and definitions, paths from the file's folder on", () => {
  const { settings, definitions } = readProcessConfig(GOOD, "/etc/happi/happi.toml");
  assert.deepEqual(settings, {
    listen: "127.0.0.1:5000",
    http: "off",
    state_dir: "/etc/happi/state",
    admin_token_file: "/etc/happi/token",
    origins: ["http://127.0.0.1:8000"],
    webhooks: {
      "proc.web.exit": ["http://127.0.0.1:9000/"],
      ".": ["http://127.0.0.1:9001/", "https://ops.example.com/"],
    },
  });
  assert.deepEqual(definitions, [
    {
      name: "app:web",
      cmd: "serve",
      args: ["-p", "$PORT"],
      env: { PORT: "80" },
      cwd: "/etc/happi/app",
      numprocesses: 2,
      depends_on: { db: "ready" },
      server: "web/s1",
      flapping: { attempts: 3, window: 1, retry_in: 7, max_retry: 5 },
    },
    { name: "db", cmd: "db", ready: { tcp: "127.0.0.1:5432", timeout: 10 } },
  ]);
});

Deno.test("readProcessConfig() finds nothing where there is nothing, and leaves other tables alone", () => {
  const { settings, definitions } = readProcessConfig("[spoa]\nnix = 1\n", "x.toml");
  assert.deepEqual([settings, definitions], [{}, []]);
});

/** What is wrong, and what is said of it. */
const WRONG: readonly (readonly [toml: string, said: string])[] = [
  ["process = 1", 'line 1, key "process" is "1" and must be a table'],
  ["[process]\nlistn = 1", 'line 2, key "process.listn" is unknown: the keys are listen, http, state_dir, open, '],
  ["[process]\nopen = 1", 'line 2, key "process.open" is "1" and must be true or false'],
  ['[process]\nwebhooks = { exit = "nix" }', 'line 2, key "process.webhooks" is a table and must be a table of events'],
  ["[process.web]\nargs = []", 'line 1, key "process.web.cmd" is missing'],
  ['[process.web]\n\ncmd = "x"\nuid = -1', 'line 4, key "process.web.uid" is "-1" and must be a whole number from 0'],
  ['[process.web]\ncmd = "x"\nnumproceses = 2', 'line 3, key "process.web.numproceses" is unknown: the keys are cmd, '],
  [
    '[process.web]\ncmd = "x"\nname = "y"',
    'line 3, key "process.web.name" is not to be set: the process\'s name is "web"',
  ],
  ['[process."a b"]\ncmd = "x"', 'line 1, key "process."a b"" has a name that must be 1 to 128 letters'],
  ['[process.web]\ncmd = "x"\nargs = "$NIX"', 'line 1, key "process.web" cannot be used: "$NIX" in its arguments'],
  ['[process.web]\ncmd = "x"\nargs = "\'"', 'line 1, key "process.web" cannot be used: "\'" ends within a quote'],
  [
    '[process.web]\ncmd = "x"\ndepends_on = ["db"]\n[process.cache]\ncmd = "y"',
    'line 3, key "process.web.depends_on" names "db", which is no process of this file: there are cache',
  ],
];

for (const [toml, said] of WRONG) {
  Deno.test(`readProcessConfig() says ${said}`, () => {
    assert.throws(
      () => readProcessConfig(toml, "happi.toml"),
      (thrown) => thrown instanceof InvalidConfig && thrown.message.startsWith(`Cannot use "happi.toml": ${said}`),
    );
  });
}

Deno.test("locate() says where a definition is that the manager refuses", () => {
  const { locate } = readProcessConfig(GOOD, "happi.toml");
  assert.equal(
    locate(new InvalidDefinition("db", "they would wait for each other: db, db")).message,
    'Cannot use "happi.toml": line 19, key "process.db" cannot be used: they would wait for each other: db, db',
  );
  const other = new Error("x");
  assert.equal(locate(other), other);
});
