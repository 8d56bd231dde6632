/**
 * Readiness by every way, of real processes and against real listeners.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CHECK_KINDS, CheckAgent, TargetGuard } from "../../../lib/agent/mod.ts";
import { readinessProblem, untilReady } from "../../../lib/process/readiness/until_ready.ts";
import type { Definition, Readiness } from "../../../lib/process/definition.ts";
import { pretendedChild, startChild } from "../sample_child.ts";

const define = (ready: Readiness): Definition => ({ name: "web", cmd: "sleep", ready: { every: 0.01, ...ready } });

Deno.test("untilReady() takes a process without a readiness as ready", async () => {
  await using child = await startChild({});
  assert.equal(await untilReady(child, { name: "web", cmd: "sleep" }), undefined);
});

Deno.test("untilReady() waits for the port that a process opens when it likes to", async () => {
  const port = freePort();
  const program =
    `await Deno.stdin.read(new Uint8Array(9)); Deno.serve({ hostname: "127.0.0.1", port: ${port} }, () => new Response());`;
  await using child = await startChild({ cmd: Deno.execPath(), args: ["eval", program], redirect_input: true });
  const early = await untilReady(child, define({ tcp: `127.0.0.1:${port}`, timeout: 0.4, every: 3 }));
  assert.equal(early, `not within 0.4 s: nothing accepts connections at "127.0.0.1:${port}" (refused)`);
  const ready = untilReady(child, define({ tcp: `127.0.0.1:${port}` }));
  await child.write(new TextEncoder().encode("go\n"));
  assert.equal(await ready, undefined);
});

Deno.test("untilReady() waits for a unix socket", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/web.sock`;
  await using child = await startChild({});
  const early = await untilReady(child, define({ unix: path, timeout: 0.05 }));
  assert.equal(early, `not within 0.05 s: nothing accepts connections at "${path}" (there is no such socket)`);
  const ready = untilReady(child, define({ unix: path }));
  {
    using _listener = Deno.listen({ transport: "unix", path });
    assert.equal(await ready, undefined);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("untilReady() waits for a status below 400, and follows no redirect", async () => {
  const statuses = [500, 404, 302, 200];
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    asked.push(new URL(url).pathname);
    return new Response(null, { status: statuses.shift() ?? 200, headers: { location: "/elsewhere" } });
  });
  await using child = await startChild({});
  assert.equal(await untilReady(child, define({ http: `http://127.0.0.1:${server.addr.port}/health` })), undefined);
  assert.deepEqual(asked, ["/health", "/health", "/health"]);
});

Deno.test("untilReady() does not hang on a try that gets no answer", async () => {
  let asked = 0;
  const { promise: never, resolve: end } = Promise.withResolvers<Response>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    return asked === 1 ? never : new Response();
  });
  await using child = await startChild({});
  const definition = define({ http: `http://127.0.0.1:${server.addr.port}/` });
  assert.equal(await untilReady(child, definition, { attemptMs: 50 }), undefined);
  assert.equal(asked, 2);
  end(new Response());
});

Deno.test("untilReady() says what the last try came to", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { status: 503 }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await using child = await startChild({});
  assert.equal(
    await untilReady(child, define({ http: url, timeout: 0.1 })),
    `not within 0.1 s: "${url}" answers with status 503`,
  );
});

Deno.test("untilReady() asks happi's own agent by a check's name", async () => {
  await using agent = new CheckAgent({
    kinds: CHECK_KINDS,
    guard: new TargetGuard(),
    checks: [{ name: "web", kind: "file", options: { path: "/nobody/has/this" } }],
  });
  const { address } = await agent.listen("127.0.0.1:0");
  assert.ok(address.transport === "tcp");
  await using child = await startChild({});
  assert.equal(await untilReady(child, define({ agent: `127.0.0.1:${address.port}/web` })), undefined);
});

for (
  const [answer, isReady] of [
    ["up\n", true],
    ["ready 75% up # fine\r\n", true],
    ["75% up", true],
    ["down # up in a minute\n", false],
    ["drain up\n", false],
    ["75%\n", false],
    ["", false],
    ["x".repeat(10_000), false],
  ] as const
) {
  Deno.test(`untilReady() takes the agent's answer ${JSON.stringify(answer.slice(0, 30))} as ${isReady}`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const questions: string[] = [];
    const served = (async () => {
      for await (const conn of listener) {
        const room = new Uint8Array(100);
        const count = await conn.read(room) ?? 0;
        questions.push(new TextDecoder().decode(room.subarray(0, count)));
        await conn.write(new TextEncoder().encode(answer)).catch(() => {}); // it may have heard enough
        conn.close();
      }
    })();
    await using child = await startChild({});
    const problem = await untilReady(child, define({ agent: `127.0.0.1:${listener.addr.port}/a/b`, timeout: 0.1 }));
    assert.equal(problem === undefined, isReady);
    assert.equal(questions[0], "a/b\n");
    listener.close();
    await served;
  });
}

Deno.test("untilReady() waits for a line of either output", async () => {
  const script = "echo starting; read word; echo listening on $word >&2; read rest";
  await using child = await startChild({
    cmd: script,
    shell: true,
    redirect_output: ["out", "err"],
    redirect_input: true,
  });
  const ready = untilReady(child, define({ log: "^listening on [0-9]+$" }));
  await child.write(new TextEncoder().encode("8080\n"));
  assert.equal(await ready, undefined);
});

Deno.test("untilReady() says that no line could be read where no output is redirected", async () => {
  await using child = await startChild({});
  const problem = await untilReady(child, define({ log: "ready", timeout: 1 }));
  assert.match(problem ?? "", /redirects no output/);
});

Deno.test("untilReady() finds a line however its bytes come in pieces", async () => {
  const bytes = new TextEncoder().encode("wärming up\r\nlistening on münchen ✓\r\nthe rest");
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
    const { child, out } = pretendedChild();
    const ready = untilReady(child, define({ log: "^listening on münchen ✓$", timeout: 5 }));
    const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b);
    let from = 0;
    for (const end of ends) {
      out.push(bytes.slice(from, end));
      from = end;
    }
    assert.equal(await ready, undefined);
    assert.equal(out.readers, 0);
  }));
});

Deno.test("untilReady() keeps the beginning of a line that never ends, and no more", async () => {
  const { child, out } = pretendedChild();
  const ready = untilReady(child, define({ log: "needle", timeout: 5 }));
  for (let piece = 0; piece < 100; piece++) out.push(new Uint8Array(64 * 1024).fill(0x78));
  out.push(new TextEncoder().encode("needle\nneedle\n"));
  assert.equal(await ready, undefined);
  const late = untilReady(child, define({ log: "^xxx.*needle", timeout: 0.05 }));
  assert.match(await late ?? "", /no line of its output matches/);
});

Deno.test("untilReady() does not take the rest of a line that was let go for a line", async () => {
  const { child, out } = pretendedChild();
  for (let piece = 0; piece < 1000; piece++) out.push(new TextEncoder().encode("x"));
  out.push(new TextEncoder().encode("listening\n"));
  assert.match(await untilReady(child, define({ log: "listening", timeout: 0.05 })) ?? "", /no line/);
});

Deno.test("untilReady() ends when the process does, whatever it waits for", async (t) => {
  for (const ready of [{ tcp: `127.0.0.1:${freePort()}` }, { log: "never" }, { unix: "/nobody.sock" }]) {
    await t.step(Object.keys(ready)[0] ?? "", async () => {
      await using child = await startChild({ redirect_output: ["out"] });
      const problem = untilReady(child, define({ ...ready, every: 3600, timeout: 3600 }));
      child.signal(9);
      assert.equal(await problem, "it has ended");
    });
  }
});

Deno.test("untilReady() is not taken in by somebody else on the port of a process that has ended", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using child = await startChild({ cmd: "true" });
  await child.ended;
  assert.equal(await untilReady(child, define({ tcp: `127.0.0.1:${listener.addr.port}` })), "it has ended");
});

Deno.test("untilReady() ends with its signal", async () => {
  const given = new AbortController();
  await using child = await startChild({});
  const problem = untilReady(child, define({ tcp: `127.0.0.1:${freePort()}`, every: 3600 }), { signal: given.signal });
  given.abort();
  assert.equal(await problem, "it is not waited for any more");
});

for (
  const [ready, problem] of [
    [{ tcp: "127.0.0.1:80" }, undefined],
    [{ tcp: "/run/web.sock" }, /is a unix socket's path/],
    [{ tcp: "nowhere" }, /is no path and no host with a port/],
    [{ unix: "/run/web.sock" }, undefined],
    [{ unix: "127.0.0.1:80" }, /it is no path/],
    [{ http: "http://127.0.0.1:80/x" }, undefined],
    [{ http: "ftp://127.0.0.1/" }, /is no URL of http/],
    [{ log: "(" }, /regular expression/],
    [{ agent: "127.0.0.1:1337/web" }, undefined],
    [{ agent: "[::1]:1337/http|http://10.0.0.1:80/x" }, undefined],
    [{ agent: "/run/agent.sock" }, undefined],
    [{ agent: "127.0.0.1:1337/web\nshow" }, /more than one line/],
  ] as const satisfies readonly (readonly [Readiness, RegExp | undefined])[]
) {
  Deno.test(`readinessProblem() judges ${JSON.stringify(ready)}`, () => {
    const found = readinessProblem(ready);
    if (problem === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", problem);
  });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
