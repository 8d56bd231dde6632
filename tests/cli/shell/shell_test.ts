/** The shell against real HAProxy: its line editor in this process, and once the real program on a terminal. */

import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { run } from "../../../lib/cli/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { fakeEnvironment } from "../fake_environment.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

const ENTER = "\r";
const TAB = "\t";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const UP = "\x1b[A";

/** A shell in this process; `type` gives keys one by one, `until` waits for a text on the screen since it was last asked. */
function startShell(path: string, variables: Readonly<Record<string, string>> = {}) {
  const environment = fakeEnvironment(["socket", "-p", path], { isTerminal: true, columns: 100, variables });
  let seen = "";
  let wake = () => {};
  environment.screen.on("data", (chunk: Uint8Array) => {
    seen += new TextDecoder().decode(chunk);
    wake();
  });
  const finished = run(environment);
  return {
    finished,
    environment,
    type: (...keys: string[]) => keys.forEach((key) => environment.keyboard.write(key)),
    async until(pattern: RegExp): Promise<string> {
      for (;;) {
        const text = stripVTControlCharacters(seen);
        const found = pattern.exec(text);
        if (found) {
          seen = "";
          return text;
        }
        const ended = await Promise.race([
          new Promise<false>((resolve) => wake = () => resolve(false)),
          finished.then(() => true as const),
        ]);
        assert.ok(!ended, `the shell ended before ${pattern}: ${JSON.stringify(text)} ${environment.errors()}`);
      }
    },
  };
}

const PROMPT = /haproxy \d\.\d haproxy\.sock> $/;

testEachHaproxy("the shell answers commands, tells refusals, and goes on after errors", REALISTIC, async (haproxy) => {
  const shell = startShell(haproxy.socketPath);
  const greeting = await shell.until(PROMPT);
  assert.match(greeting, new RegExp(`haproxy ${haproxy.build.version} haproxy\\.sock> $`));
  shell.type("show version", ENTER);
  assert.match(await shell.until(PROMPT), /\n\d\.\d+\.\d+/);
  shell.type("set server nope/s1 state ready", ENTER);
  assert.match(await shell.until(PROMPT), /\nNo such backend\.\n/);
  shell.type("show nonsense", ENTER);
  assert.match(await shell.until(PROMPT), /Unknown command/);
  shell.type("quit", ENTER);
  assert.equal(await shell.finished, 0);
});

testEachHaproxy("the shell completes commands and names with Tab", REALISTIC, async (haproxy) => {
  const shell = startShell(haproxy.socketPath);
  await shell.until(PROMPT);
  shell.type("show serv", TAB);
  await shell.until(/show servers $/);
  shell.type("sta", TAB);
  await shell.until(/state $/);
  shell.type("be_st", TAB);
  await shell.until(/be_static $/);
  shell.type(ENTER);
  assert.match(await shell.until(PROMPT), /be_static \d s1/);
  shell.type("set server be_web/", TAB, TAB);
  assert.match(await shell.until(/be_web\/s3/), /be_web\/s1\s+be_web\/s2\s+be_web\/s3/);
  shell.type(CTRL_C, CTRL_D);
  assert.equal(await shell.finished, 0);
});

testEachHaproxy("Ctrl-C throws a line away and ends a command that runs; Ctrl-D leaves", REALISTIC, async (haproxy) => {
  const shell = startShell(haproxy.socketPath);
  await shell.until(PROMPT);
  shell.type("disable server be_web/s1", CTRL_C);
  await shell.until(/\^C\n.*> $/s);
  shell.type("show version", ENTER);
  assert.match(await shell.until(PROMPT), /^[^]*show version\r?\n\d\.\d/);
  shell.type("show events traffic -w", ENTER);
  await (await fetch(`http://127.0.0.1:${haproxy.port("status")}/followed`)).body?.cancel();
  await shell.until(/GET \/followed/);
  shell.type(CTRL_C);
  await shell.until(PROMPT);
  shell.type(CTRL_D);
  assert.equal(await shell.finished, 0);
  assert.doesNotMatch(await haproxy.ask("show servers state be_web"), /s1 127\.0\.0\.1 \d 1 /, "nothing was disabled");
});

testEachHaproxy("the shell takes lines after <<, and keeps modes", REALISTIC, async (haproxy) => {
  const shell = startShell(haproxy.socketPath);
  const map = `${haproxy.dir}/hosts.map`;
  await shell.until(PROMPT);
  shell.type(`add map ${map} <<`, ENTER);
  await shell.until(/\n> $/);
  shell.type("typed.test be_web", ENTER);
  await shell.until(/\n> $/);
  shell.type(ENTER);
  await shell.until(PROMPT);
  assert.match(await haproxy.ask(`show map ${map}`), /typed\.test be_web/);
  shell.type("debug dev delay 1", ENTER);
  await shell.until(PROMPT);
  shell.type("expert-mode on", ENTER);
  await shell.until(/haproxy\.sock \(expert\)> $/);
  shell.type("debug dev delay 1", ENTER);
  assert.doesNotMatch(await shell.until(/\(expert\)> $/), /expert mode only|Unknown command/);
  shell.type("expert-mode off", ENTER);
  await shell.until(PROMPT);
  shell.type(CTRL_D);
  assert.equal(await shell.finished, 0);
});

testEachHaproxy(
  "the shell remembers commands over its end, but none that starts with a blank",
  REALISTIC,
  async (haproxy) => {
    const variables = { XDG_STATE_HOME: `${haproxy.dir}/state` };
    const first = startShell(haproxy.socketPath, variables);
    await first.until(PROMPT);
    for (const line of ["show version", " show env HOME"]) {
      first.type(line, ENTER);
      await first.until(PROMPT);
    }
    first.type("exit", ENTER);
    assert.equal(await first.finished, 0);
    assert.equal(await Deno.readTextFile(`${haproxy.dir}/state/happi/history`), "show version\n");
    const second = startShell(haproxy.socketPath, variables);
    await second.until(PROMPT);
    second.type(UP);
    await second.until(/show version$/);
    second.type(CTRL_C, CTRL_D);
    assert.equal(await second.finished, 0);
  },
);

testEachHaproxy("the shell outlives HAProxy", REALISTIC, async (haproxy) => {
  const shell = startShell(haproxy.socketPath);
  await shell.until(PROMPT);
  await haproxy.kill();
  shell.type("show version", ENTER);
  assert.match(await shell.until(PROMPT), /happi: Cannot connect to /);
  await haproxy.start();
  shell.type("show version", ENTER);
  assert.match(await shell.until(PROMPT), /\n\d\.\d/);
  shell.type(CTRL_D);
  assert.equal(await shell.finished, 0);
});

testEachHaproxy("the real shell works on a real terminal", REALISTIC, async (haproxy) => {
  const quoted = [Deno.execPath(), "run", "-A", MAIN, "socket", "-p", haproxy.socketPath].map((word) => `'${word}'`);
  const child = new Deno.Command("script", {
    args: ["-qfec", quoted.join(" "), "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    env: { TERM: "xterm", XDG_STATE_HOME: `${haproxy.dir}/state` },
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const screen = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const until = async (pattern: RegExp) => {
    while (!pattern.test(stripVTControlCharacters(seen))) {
      const { value, done } = await screen.read();
      assert.ok(!done, `the terminal ended before ${pattern}: ${JSON.stringify(seen)}`);
      seen += value;
    }
    seen = "";
  };
  const type = (text: string) => keyboard.write(new TextEncoder().encode(text));
  await until(PROMPT);
  await type("sho");
  await until(/sho$/);
  await type(TAB);
  await until(/^w $/);
  await type(`version${ENTER}`);
  await until(/\n\d\.\d+\.\d+[^]*> $/);
  await type(`nonsense${CTRL_C}`);
  await until(/\^C[^]*> $/);
  await type(CTRL_D);
  assert.equal((await child.status).code, 0);
  await Promise.all([keyboard.close().catch(() => {}), screen.cancel()]);
});
