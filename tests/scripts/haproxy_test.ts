/** The launcher that all tests with a real HAProxy stand on. */

import assert from "node:assert/strict";
import { startBackend } from "../../scripts/haproxy/backends.ts";
import { isAlive } from "../../scripts/haproxy/group.ts";
import { type LaunchContext, startHaproxy } from "../../scripts/haproxy/launch.ts";
import { availableVersions } from "../../scripts/haproxy/versions.ts";
import { REALISTIC, testEachHaproxy, testsOf } from "../peers/haproxy.ts";

/** A frontend on port `web` that answers by itself. */
function greeting(context: LaunchContext, words = "hello"): string {
  return `
defaults
  mode http
  timeout client 5s
frontend web
  bind 127.0.0.1:${context.port("web")}
  http-request return status 200 content-type text/plain string ${words}
`;
}

async function get(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  return await response.text();
}

testEachHaproxy("startHaproxy() gives a HAProxy that serves and answers", { config: greeting }, async (haproxy) => {
  assert.equal(await get(haproxy.port("web")), "hello");
  assert.match(
    await haproxy.ask("show info"),
    new RegExp(`^Version: ${haproxy.build.release.replaceAll("+", "\\+")}$`, "m"),
  );
  assert.equal(await haproxy.workerPid(), haproxy.pid);
  assert.deepEqual(haproxy.ports, { web: haproxy.port("web") });
});

testEachHaproxy("REALISTIC is accepted without a complaint", { ...REALISTIC, master: true }, async (haproxy) => {
  assert.doesNotMatch(haproxy.log(), /\[ALERT\]|config :/);
  assert.match(await haproxy.ask("show table"), /^# table: st_src, type: ip/m);
  assert.match(await haproxy.ask("show ssl crt-list"), /certs\.list/);
  assert.match(await haproxy.ask("show events"), /^ +traffic /m);
  await using backend = startBackend({ name: "one", port: haproxy.port("s1") });
  const tcp = `http://127.0.0.1:${haproxy.port("tcp")}/`;
  assert.equal(await (await fetch(tcp, { headers: { connection: "close" } })).text(), "one\n");
  assert.ok(backend.requests > 0);
});

testEachHaproxy(
  "reload() brings a new worker with the new configuration",
  { config: greeting, master: true },
  async (haproxy) => {
    const [master, worker] = [haproxy.pid, await haproxy.workerPid()];
    const result = await haproxy.reload((context) => greeting(context, "again"));
    assert.equal(result.success, true);
    if (haproxy.build.version !== "2.6") assert.match(result.text, /^Success=1\n/);
    assert.equal(haproxy.pid, master);
    assert.match(await haproxy.askMaster("show proc"), new RegExp(`^${master} +master`, "m"));
    assert.notEqual(await haproxy.workerPid(), worker);
    assert.equal(await get(haproxy.port("web")), "again");
  },
);

testEachHaproxy(
  "reload() tells of a failure and the old worker goes on",
  { config: greeting, master: true },
  async (haproxy) => {
    const worker = await haproxy.workerPid();
    assert.equal((await haproxy.reload("nonsense")).success, false);
    assert.match(haproxy.log(), /unknown keyword 'nonsense'/);
    assert.equal(await haproxy.workerPid(), worker);
    assert.equal(await get(haproxy.port("web")), "hello");
    assert.equal((await haproxy.reload(greeting)).success, true);
  },
);

testEachHaproxy("restart() keeps ports and paths", { config: greeting, master: true }, async (haproxy) => {
  const before = { pid: haproxy.pid, port: haproxy.port("web"), socket: haproxy.socketPath };
  await haproxy.restart();
  assert.notEqual(haproxy.pid, before.pid);
  assert.deepEqual([haproxy.port("web"), haproxy.socketPath], [before.port, before.socket]);
  assert.equal(await get(before.port), "hello");
});

testEachHaproxy(
  "kill() ends master and workers, and start() brings them back",
  { config: greeting, master: true },
  async (haproxy) => {
    const pids = [haproxy.pid, await haproxy.workerPid()];
    await haproxy.kill();
    assert.equal((await haproxy.exited).signal, "SIGKILL");
    assert.deepEqual(pids.filter(isAlive), []);
    await haproxy.start();
    assert.equal(await get(haproxy.port("web")), "hello");
  },
);

testEachHaproxy("disposing ends all processes and removes the folder", { config: greeting }, async (outer) => {
  const { build } = outer;
  const pids: number[] = [];
  let dir = "";
  {
    await using haproxy = await startHaproxy(build, { config: greeting, master: true });
    pids.push(haproxy.pid, await haproxy.workerPid());
    dir = haproxy.dir;
    assert.deepEqual(pids.filter(isAlive), pids);
  }
  assert.deepEqual(pids.filter(isAlive), []);
  await assert.rejects(Deno.stat(dir), Deno.errors.NotFound);
});

testEachHaproxy("a HAProxy does not outlive a killed Deno", { config: greeting }, async ({ build }) => {
  const launcher = import.meta.resolve("../../scripts/haproxy/launch.ts");
  const program = `
    import { startHaproxy } from ${JSON.stringify(launcher)};
    const haproxy = await startHaproxy(${JSON.stringify(build)}, { config: "", master: true });
    console.log(JSON.stringify({ pids: [haproxy.pid, await haproxy.workerPid()], dir: haproxy.dir }));
    setInterval(() => {}, 1000);
  `;
  const parent = new Deno.Command(Deno.execPath(), { args: ["eval", program], stdin: "null", stdout: "piped" }).spawn();
  let said = "";
  for await (const text of parent.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (said.includes("\n")) break;
  }
  const { pids, dir }: { pids: number[]; dir: string } = JSON.parse(said);
  assert.deepEqual(pids.filter(isAlive), pids);
  parent.kill("SIGKILL");
  await parent.status;
  const deadline = Date.now() + 5000;
  while (pids.some(isAlive) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  const left = pids.filter(isAlive);
  for (const pid of left) Deno.kill(pid, "SIGKILL");
  await Deno.remove(dir, { recursive: true });
  assert.deepEqual(left, []);
});

testEachHaproxy("startHaproxy() takes other ports when one was taken meanwhile", { config: "" }, async ({ build }) => {
  using thief = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let attempts = 0;
  const config = (context: LaunchContext) => {
    const own = context.port("web");
    return greeting({ ...context, port: () => attempts++ === 0 ? thief.addr.port : own });
  };
  await using haproxy = await startHaproxy(build, { config });
  assert.equal(attempts, 2);
  assert.equal(await get(haproxy.port("web")), "hello");
});

testEachHaproxy("startHaproxy() fails with HAProxy's words and leaves nothing", { config: "" }, async ({ build }) => {
  let dir = "";
  const config = (context: LaunchContext) => {
    dir = context.dir;
    return "frontend web\n  bogus\n";
  };
  await assert.rejects(startHaproxy(build, { config }), /Cannot start HAProxy.*unknown keyword 'bogus'/s);
  await assert.rejects(Deno.stat(dir), Deno.errors.NotFound);
});

testEachHaproxy("an aborted signal ends HAProxy, started or not", { config: "" }, async ({ build }) => {
  const abort = new AbortController();
  await using haproxy = await startHaproxy(build, { config: greeting, signal: abort.signal, master: true });
  const pids = [haproxy.pid, await haproxy.workerPid()];
  abort.abort(new Error("enough"));
  await haproxy.exited;
  await haproxy.kill();
  assert.deepEqual(pids.filter(isAlive), []);
  await assert.rejects(startHaproxy(build, { config: greeting, signal: abort.signal }), /enough/);
});

Deno.test("testEachHaproxy() registers a test that fails when no HAProxy is present", async (t) => {
  const none = { present: [], missing: [{ version: "3.2", reason: "no network" }] };
  const [only, ...more] = testsOf("x", REALISTIC, () => {}, none);
  assert.equal(more.length, 0);
  assert.equal(only?.name, "x [no HAProxy]");
  await assert.rejects(async () => await only?.fn(t), /no version is present \(3\.2: no network\)/);
});

Deno.test("testEachHaproxy() registers a test for each version that the test is for", async () => {
  const versions = await availableVersions();
  const names = testsOf("x", { ...REALISTIC, only: (build) => build.version !== "3.0" }, () => {}, versions)
    .map((test) => test.name);
  const expected = versions.present.map((build) => `x [HAProxy ${build.version}]`);
  assert.deepEqual(names, expected.filter((name) => name !== "x [HAProxy 3.0]"));
});

Deno.test("startBackend() counts what it answers", async () => {
  await using backend = startBackend({ respond: (request) => new Response(new URL(request.url).pathname) });
  assert.equal(await (await fetch(`http://127.0.0.1:${backend.port}/path`)).text(), "/path");
  assert.equal(backend.requests, 1);
});
