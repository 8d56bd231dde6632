/** Procfiles: what is read, what is refused, and what becomes of the commands. */

import assert from "node:assert/strict";
import { InvalidProcfile, procfileDefinitions, readProcfile } from "../../lib/process/procfile.ts";

Deno.test("readProcfile() reads names and commands, and leaves comments out", () => {
  assert.deepEqual(readProcfile("\ufeff# ours\r\nweb: serve -p 80  \r\n\n  # more\nmy-job_2 :work 'a: b'"), [
    { name: "web", command: "serve -p 80" },
    { name: "my-job_2", command: "work 'a: b'" },
  ]);
});

Deno.test("readProcfile() names every line that is wrong", () => {
  assert.throws(
    () => readProcfile("web: serve\nwork\nweb: again\n42: x\nempty:\n", "dir/Procfile"),
    (thrown) =>
      thrown instanceof InvalidProcfile && thrown.code === "invalid_procfile" &&
      thrown.message === 'Cannot use "dir/Procfile": line 2 is "work" and must be "NAME: COMMAND"; ' +
          'line 3 has the name "web" again; line 4 has the name "42", which must not be digits only; ' +
          'line 5 is "empty:" and must be "NAME: COMMAND"',
  );
  assert.throws(() => readProcfile("# nothing\n"), /it has no line such as "web: serve"/);
});

/** Commands, and whether they are a shell's. */
const COMMANDS: readonly (readonly [command: string, shell: boolean])[] = [
  ["serve -p $PORT --host ${HOST}", false],
  [`echo 'a && b' "c | d" e\\;f`, false],
  ["bundle exec puma -C config.rb", false],
  ["a && b", true],
  ["a | b", true],
  ["a > log", true],
  ["PORT=80 serve", true],
  ["echo $(date)", true],
  ['echo "$(date)"', true],
  ["echo `date`", true],
  ["ls *.ts", true],
  ["$SERVER -p 80", true],
  ["echo ${PORT:-80}", true],
];

for (const [command, shell] of COMMANDS) {
  Deno.test(`procfileDefinitions() ${shell ? "gives a shell" : "starts"} ${command}`, () => {
    const [definition] = procfileDefinitions([{ name: "a", command }]);
    assert.equal(definition?.shell ?? false, shell);
    if (shell) assert.equal(definition?.cmd, command);
    else assert.equal(definition?.cmd, command.split(" ")[0]);
  });
}

Deno.test("procfileDefinitions() names, counts and surrounds processes as asked", () => {
  const definitions = procfileDefinitions(readProcfile("web: serve -p $PORT $HOME $TERM\njob: work\n"), {
    group: "app",
    env: { PORT: "80", HOME: "/ours" },
    environment: { HOME: "/theirs", TERM: "xterm", OTHER: "x" },
    concurrency: new Map([["web", 3]]),
    cwd: "/srv/app",
  });
  const shared = { redirect_output: ["out", "err"], cwd: "/srv/app" };
  assert.deepEqual(definitions, [
    {
      name: "app:web",
      cmd: "serve",
      args: ["-p", "$PORT", "$HOME", "$TERM"],
      env: { PORT: "80", HOME: "/ours", TERM: "xterm" },
      numprocesses: 3,
      priority: 0,
      ...shared,
    },
    {
      name: "app:job",
      cmd: "work",
      args: [],
      env: { PORT: "80", HOME: "/ours" },
      numprocesses: 1,
      priority: 1,
      ...shared,
    },
  ]);
});

Deno.test("procfileDefinitions() refuses a quote that is not closed", () => {
  assert.throws(
    () => procfileDefinitions([{ name: "a", command: "echo 'x" }]),
    /Cannot define process "a": .*ends within a quote/,
  );
});
