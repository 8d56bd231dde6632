/** `happi server` as a process, in front of real HAProxy. */

import assert from "node:assert/strict";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

/** Starts `happi server` and waits for the line that names its URL. */
function startServer(args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "server", "--no-state", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let told = "";
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(told);
      if (found) return found;
      const { value, done } = await errors.read();
      assert.ok(!done, `"${told}" ended before ${pattern}`);
      told += value;
    }
  };
  return {
    until,
    async stop(signal: Deno.Signal) {
      child.kill(signal);
      const [{ code }] = await Promise.all([child.status, child.stdout.cancel(), errors.cancel()]);
      return code;
    },
  };
}

testEachHaproxy(
  "happi server says where it is, answers, logs in HAPPI's format and stops on a signal",
  REALISTIC,
  async (haproxy) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const server = startServer(["-p", haproxy.socketPath, "--port", "0"]);
      const [, url] = await server.until(
        /^happi: serving HAProxy at \S+ on (http:\/\/127\.0\.0\.1:\d+\/); Ctrl-C stops\n/,
      );
      const answer = await (await fetch(`${url}api/v1/servers/state/be_web`)).json();
      assert.equal(answer.code, 200);
      await server.until(
        /^\[\d{4}-[^\]]+\]\[happi\.server\]\[\d+\]\[INFO\]: GET \/api\/v1\/servers\/state\/be_web 200/m,
      );
      assert.equal(await server.stop(signal), 0);
    }
  },
);

Deno.test("happi server says that its port is taken and ends with status 3", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      MAIN,
      "server",
      "--no-state",
      "-p",
      "/nowhere.sock",
      "--host",
      "127.0.0.1",
      "--port",
      `${port}`,
    ],
    stdin: "null",
  }).output();
  assert.equal(code, 3);
  assert.match(new TextDecoder().decode(stderr), new RegExp(`^happi: Cannot listen on "127\\.0\\.0\\.1:${port}": `));
});

testEachHaproxy(
  "happi server takes a larger body when it is told to, and says no to a wrong limit",
  REALISTIC,
  async (haproxy) => {
    const entries = Array.from(
      { length: 40_000 },
      (_, index) => ({ key: `host-${index}.example.com`, value: "be_web" }),
    );
    for (const [option, status] of [["1048576", 413], ["8388608", 200]] as const) {
      const server = startServer(["-p", haproxy.socketPath, "--port", "0", "--max-body", option, "--deadline", "60s"]);
      const [, url] = await server.until(/ on (http:\S+\/); Ctrl-C stops\n/);
      const answer = await fetch(`${url}api/v1/maps/hosts.map/entries`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(entries),
      });
      await answer.body?.cancel();
      assert.equal(answer.status, status);
      assert.equal(await server.stop("SIGTERM"), 0);
    }
    assert.match(await haproxy.ask(`get map ${haproxy.file("hosts.map")} host-39999.example.com`), /found=yes/);
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "server", "--no-state", "-p", haproxy.socketPath, "--max-body", "many"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    assert.equal(code, 2);
  },
);
