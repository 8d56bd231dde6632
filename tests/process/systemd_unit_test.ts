/** Units: their text, and what systemd itself says of them where it is there. */

import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { systemdUnits } from "../../lib/process/systemd_unit.ts";

const AWKWARD = [
  "50%",
  "%h",
  "$5",
  "${HOME}",
  "a b",
  'say "hi"',
  "it's",
  "back\\slash",
  "two\nlines",
  "",
  ";",
  "tab\t",
  "ü",
];

const DEFINITIONS: readonly Definition[] = [
  {
    name: "app:web",
    cmd: "/bin/echo",
    args: AWKWARD.map((word) => word.replaceAll("$", "$$$$")),
    env: { PERCENT: "100%", QUOTED: 'a "b" \\ $C', LINES: "1\n2" },
    numprocesses: 2,
    uid: "root",
    gid: 0,
    graceful_timeout: 2.5,
    flapping: { attempts: 3, window: 10, retry_in: 7, max_retry: 5 },
    depends_on: { "app:migrate": "exited_ok", "app:db": "ready" },
  },
  { name: "app:migrate", cmd: "true", restart: "on_failure" },
  { name: "app:db", cmd: "echo $HOME | cat", shell: true, restart: "never", cwd: "/tmp", start: false },
];

const units = () => systemdUnits(DEFINITIONS, { target: "app", cwd: "/" });
const unit = (name: string) => units().find(({ file }) => file === name)?.text ?? "";

Deno.test("systemdUnits() makes a service each, a template for several, and a target", () => {
  assert.deepEqual(units().map(({ file }) => file), [
    "app-web@.service",
    "app-migrate.service",
    "app-db.service",
    "app.target",
  ]);
  assert.equal(
    unit("app.target"),
    `[Unit]
Description=app, exported by happi
Wants=app-web@1.service app-web@2.service app-migrate.service

[Install]
WantedBy=multi-user.target
`,
  );
});

Deno.test("systemdUnits() escapes percents, dollars, quotes, backslashes and control characters", () => {
  const text = unit("app-web@.service");
  assert.match(text, /^ExecStart=\/bin\/echo "50%%" "%%h" "\$\$5" "\$\$\{HOME\}" "a b" "say \\"hi\\"" "it's" /m);
  assert.match(text, / "back\\\\slash" "two\\nlines" "" ";" "tab\\x09" "ü"$/m);
  assert.match(text, /^Environment="PERCENT=100%%"$/m);
  assert.match(text, /^Environment="QUOTED=a \\"b\\" \\\\ \$C"$/m);
  assert.match(text, /^Environment="LINES=1\\n2"$/m);
});

Deno.test("systemdUnits() says order, restarts, limits and accounts in systemd's words", () => {
  const web = unit("app-web@.service");
  for (
    const line of [
      "Requires=app-migrate.service app-db.service",
      "After=network.target app-migrate.service app-db.service",
      "StartLimitIntervalSec=10",
      "StartLimitBurst=3",
      "User=root",
      "Group=0",
      "Restart=always",
      "TimeoutStopSec=2.5",
      "PartOf=app.target",
    ]
  ) assert.ok(web.split("\n").includes(line), line);
  // Whoever waits for its end is started when systemd calls it started.
  assert.match(unit("app-migrate.service"), /^Type=oneshot\nRemainAfterExit=yes\n[^]*^Restart=on-failure$/m);
  assert.match(unit("app-db.service"), /^Type=exec\nExecStart=\/bin\/sh -c "echo \$\$HOME \| cat"\n[^]*^Restart=no$/m);
  assert.match(unit("app-db.service"), /^WorkingDirectory=\/tmp$/m);
});

Deno.test("systemdUnits() waits for every process of a template", () => {
  const [, user] = systemdUnits([
    { name: "db", cmd: "true", numprocesses: 2 },
    { name: "web", cmd: "true", depends_on: { db: "started" } },
  ], { target: "app", cwd: "/" });
  assert.match(user?.text ?? "", /^Requires=app-db@1\.service app-db@2\.service$/m);
});

Deno.test("systemdUnits() refuses what systemd cannot say", () => {
  const one = (definition: Definition) => () => systemdUnits([definition], { target: "app", cwd: "/" });
  assert.throws(one({ name: "a", cmd: "true", env: { "a.b": "1" } }), /systemd takes no variable "a\.b"/);
  assert.throws(one({ name: "a", cmd: "@true" }), /systemd takes no program "@true"/);
  assert.throws(
    () => systemdUnits([{ name: "app:a", cmd: "true" }, { name: "a", cmd: "true" }], { target: "app", cwd: "/" }),
    /two of its units are "app-a\.service"/,
  );
});

const hasSystemd = await new Deno.Command("systemd-analyze", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);

if (hasSystemd) {
  Deno.test("systemd-analyze verify has nothing to say of the units", async () => {
    const folder = await Deno.makeTempDir({ prefix: "happi-units-" });
    try {
      for (const { file, text } of units()) await Deno.writeTextFile(`${folder}/${file}`, text);
      const services = units().map(({ file }) => `${folder}/${file.replace("@.", "@1.")}`);
      await Deno.copyFile(`${folder}/app-web@.service`, `${folder}/app-web@1.service`);
      await Deno.copyFile(`${folder}/app-web@.service`, `${folder}/app-web@2.service`);
      const command = new Deno.Command("systemd-analyze", {
        args: ["verify", "--man=no", ...services],
        env: { SYSTEMD_UNIT_PATH: `${folder}:` },
      });
      const { code, stderr } = await command.output();
      const said = new TextDecoder().decode(stderr).split("\n").filter((line) =>
        line.includes(folder) || /app/.test(line)
      );
      assert.deepEqual([said, code], [[], 0]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
