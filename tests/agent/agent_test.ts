/** What an agent answers: cached, shared, in time, reloaded and stopped. */

import assert from "node:assert/strict";
import type { AgentFault, CheckAgent, SteadyOptions, Verdict } from "../../lib/agent/agent.ts";
import type { CheckContext, Finding } from "../../lib/agent/check.ts";
import type { Reply } from "../../lib/agent/reply.ts";
import { StandingClock, stubAgent, stubCheck, StubKind } from "./stub_kind.ts";

const UP: Finding = { reply: { health: "up" }, reason: "" };

/** An agent with the check `web`, and its clock. */
function webAgent(kind: StubKind, steady: SteadyOptions = {}): { agent: CheckAgent; clock: StandingClock } {
  const clock = new StandingClock();
  return { agent: stubAgent(kind, [stubCheck("web", steady)], { monotonic: clock.read }), clock };
}

/** The next verdict that is found out. */
async function nextVerdict(agent: CheckAgent): Promise<Verdict> {
  for await (const item of agent.verdicts.read()) if (item.kind === "record") return item.record.value;
  throw new Error("the feed has ended");
}

Deno.test("a finding is the answer until it is too old", async () => {
  const kind = new StubKind();
  const { agent, clock } = webAgent(kind);
  await using _ = agent;
  assert.equal((await agent.answer("web\n")).from_cache, false);
  kind.finds("web", { health: "down" }, "gone");
  assert.deepEqual([(await agent.answer("web")).said, (await agent.answer("web")).from_cache], ["up", true]);
  clock.pass(1001);
  const verdict = await agent.answer("web");
  assert.deepEqual([verdict.said, verdict.reason, verdict.from_cache, verdict.changed], [
    "down # gone",
    "gone",
    false,
    true,
  ]);
  assert.equal(kind.runsOf("web"), 2);
});

Deno.test("1000 requests at once cause one run", async () => {
  const kind = new StubKind();
  const { promise, resolve } = Promise.withResolvers<Finding>();
  kind.does("web", () => promise);
  const { agent } = webAgent(kind);
  await using _ = agent;
  const all = Promise.all(Array.from({ length: 1000 }, () => agent.answer("web")));
  resolve(UP);
  assert.deepEqual(new Set((await all).map(({ said }) => said)), new Set(["up"]));
  assert.equal(kind.runsOf("web"), 1);
  assert.equal(agent.check("web")?.answers, 1000);
});

Deno.test("a finding that is nearly too old is renewed in the background", async () => {
  const kind = new StubKind();
  const { agent, clock } = webAgent(kind);
  await using _ = agent;
  await agent.answer("web");
  clock.pass(950);
  const renewed = nextVerdict(agent);
  kind.finds("web", { health: "down" });
  assert.deepEqual((await agent.answer("web")).said, "up", "nobody waits for it");
  assert.equal((await renewed).said, "down");
  assert.equal(kind.runsOf("web"), 2);
});

Deno.test("every: it is found out anew while somebody asks, and the newest finding is the answer", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [stubCheck("web", { everyMs: 5 })]);
  await agent.answer("web");
  for (let round = 0; round < 3; round++) await nextVerdict(agent);
  kind.finds("web", { health: "down" });
  while ((await nextVerdict(agent)).said !== "down");
  const verdict = await agent.answer("web");
  assert.deepEqual([verdict.said, verdict.from_cache], ["down", true]);
});

Deno.test("every: it rests when nobody asks any more", async () => {
  const kind = new StubKind();
  const { agent, clock } = webAgent(kind, { everyMs: 1 });
  await using _ = agent;
  await agent.answer("web");
  await nextVerdict(agent);
  clock.pass(60_001);
  // The run that was planned already is the last.
  const runs = kind.runsOf("web");
  await nextVerdict(agent);
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 30);
  await promise;
  assert.ok(kind.runsOf("web") <= runs + 2);
});

Deno.test("the deadline's words are the answer when a check hangs, and an old finding where that is wanted", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [
    stubCheck("a", { deadlineMs: 20 }),
    stubCheck("b", { deadlineMs: 20, onDeadline: { health: "up", weight: { percent: 1 } } }),
    stubCheck("c", { deadlineMs: 20, staleForMs: 60_000, maxAgeMs: 0 }),
  ]);
  assert.equal((await agent.answer("c")).said, "up");
  for (const name of ["a", "b", "c"]) kind.does(name, () => new Promise(() => {}));
  assert.equal((await agent.answer("a")).said, "fail # no answer within 20 ms");
  assert.equal((await agent.answer("b")).said, "1% up");
  const stale = await agent.answer("c");
  assert.equal(stale.said, "up");
  assert.match(stale.reason, /^no answer within 20 ms: the answer is \d+ ms old$/);
  assert.equal(agent.check("a")?.deadlines, 1);
  assert.equal(agent.stats().kinds["stub"]?.deadlines, 3);
});

Deno.test("a check that never ends is not run for ever more", async () => {
  const kind = new StubKind();
  kind.does("web", () => new Promise(() => {}));
  await using agent = stubAgent(kind, [stubCheck("web", { deadlineMs: 2, maxAgeMs: 0 })]);
  for (let round = 0; round < 6; round++) await agent.answer("web");
  assert.equal(kind.runsOf("web"), 4);
  assert.equal((await agent.answer("web")).reason, "4 earlier runs have not ended");
});

Deno.test("what flaps is held, and says so", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [stubCheck("web", { fall: 2, maxAgeMs: 0 })]);
  await agent.answer("web");
  kind.finds("web", { health: "down" }, "slow");
  const held = await agent.answer("web");
  assert.deepEqual([held.said, held.reason], ["up # held up: 1 of 2 bad findings", "1 of 2 bad findings: slow"]);
  assert.equal(agent.check("web")?.held, "1 of 2 bad findings");
  assert.equal((await agent.answer("web")).said, "down # slow");
  const { is_up, changes, history } = agent.check("web") ?? {};
  assert.deepEqual([is_up, changes, history?.map(({ changed }) => changed)], [false, 1, [true, true, true]]);
});

Deno.test("the history keeps so many verdicts", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [stubCheck("web", { maxAgeMs: 0 })], { history: 3 });
  for (const percent of [1, 2, 3, 4, 5]) {
    kind.finds("web", { weight: { percent } });
    await agent.answer("web");
  }
  assert.deepEqual(agent.check("web")?.history.map(({ said }) => said), ["3% up", "4% up", "5% up"]);
  assert.equal(agent.verdicts.lastId, 5);
});

Deno.test("one target asked for in many ways is one target, and mistakes are told of", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [stubCheck("web")]);
  for (const request of ["stub|db|color=red", "stub| db |color=red\r\n", "stub|color=red|db"]) {
    assert.equal((await agent.answer(request)).said, "up");
  }
  assert.equal(kind.runsOf("db"), 1);
  assert.equal((await agent.answer("wbe")).said, 'fail # there is no check "wbe"');
  assert.equal((await agent.answer("stub|impossible")).said, 'fail # Cannot make check "stub": this cannot be checked');
  await agent.answer("wbe");
  assert.equal(agent.stats().invalid_requests, 3);
  assert.deepEqual(agent.checks().map(({ kind }) => kind), ["stub", "stub", "invalid", "invalid"]);
});

Deno.test("targets on the wire are bounded: who was not asked for longest is forgotten", async () => {
  const kind = new StubKind();
  const clock = new StandingClock();
  await using agent = stubAgent(kind, [], { maxWireTargets: 3, monotonic: clock.read, forgetAfterMs: 60_000 });
  for (const target of ["a", "b", "c", "a", "d"]) {
    clock.pass(10);
    await agent.answer(`stub|${target}`);
  }
  assert.deepEqual(agent.checks().map(({ target }) => target).sort(), ["a", "c", "d"]);
  assert.deepEqual(kind.closed, ["b"]);
  clock.pass(61_000);
  await agent.answer("stub|e");
  assert.deepEqual(agent.checks().map(({ target }) => target), ["e"]);
  assert.equal(agent.stats().forgotten_targets, 4);
});

Deno.test("a check may ask others, with their cache and without their hysteresis", async () => {
  const kind = new StubKind();
  kind.does("both", (signal, { ask }) => ask("web", signal));
  kind.does("circle", (signal, { ask }) => ask("circle", signal));
  kind.does("lost", (signal, { ask }) => ask("nobody", signal));
  await using agent = stubAgent(
    kind,
    [
      ...["both", "circle", "lost"].map((name) => stubCheck(name, { maxAgeMs: 0 })),
      stubCheck("web", { fall: 9, maxAgeMs: 0 }),
    ],
    { maxRuns: 1 },
  );
  assert.equal((await agent.answer("both")).said, "up");
  kind.finds("web", { health: "down" }, "gone");
  assert.equal((await agent.answer("both")).said, "down # gone");
  assert.match((await agent.answer("web")).said, /^up # held up/);
  assert.match((await agent.answer("circle")).said, /^fail # checks ask each other in a circle: circle > circle/);
  assert.equal((await agent.answer("lost")).said, 'fail # there is no check "nobody"');
});

Deno.test("reload() keeps what is as it was, and takes all or nothing", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [stubCheck("a"), stubCheck("b"), stubCheck("c")]);
  for (const name of ["a", "b", "c"]) await agent.answer(name);
  const broken = [stubCheck("a"), { ...stubCheck("d"), options: { target: "impossible" } }];
  assert.throws(() => agent.reload({ checks: broken }), { code: "invalid_check" });
  assert.throws(() => agent.reload({ checks: [stubCheck("a"), stubCheck("a")] }), /two of this name/);
  assert.throws(() => agent.reload({ checks: [stubCheck("a|b")] }), /no blanks/);
  assert.throws(() => agent.reload({ checks: [{ name: "x", kind: "nope", options: {} }] }), /no kind "nope"/);
  assert.deepEqual(agent.checks().map(({ name }) => name), ["a", "b", "c"]);
  agent.reload({ checks: [stubCheck("a"), stubCheck("b", { fall: 2 }), stubCheck("d")] });
  assert.deepEqual(agent.checks().map(({ name, runs, answers }) => [name, runs, answers]), [
    ["a", 1, 1],
    ["b", 0, 1],
    ["d", 0, 0],
  ]);
  assert.equal((await agent.answer("c")).kind, "invalid");
  assert.equal((await agent.answer("d")).said, "up");
  assert.deepEqual(kind.closed.toSorted(), ["b", "c"]);
});

Deno.test("who waits for a check that is changed or removed meanwhile hears what comes after it", async () => {
  const kind = new StubKind();
  for (const name of ["a", "b"]) kind.does(name, () => new Promise(() => {}));
  await using agent = stubAgent(kind, [stubCheck("a"), stubCheck("b")]);
  const waiting = ["a", "b"].map(async (name) => (await agent.answer(name)).said);
  kind.finds("a", { health: "down" }, "gone");
  agent.reload({ checks: [stubCheck("a", { fall: 2 })] });
  assert.deepEqual(await Promise.all(waiting), ["down # gone", 'fail # there is no check "b"']);
});

Deno.test("stats() counts answers by where they came from and by what they said", async () => {
  const kind = new StubKind();
  const { agent, clock } = webAgent(kind);
  await using _ = agent;
  for (let round = 0; round < 3; round++) await agent.answer("web");
  clock.pass(2000);
  kind.does("web", () => Promise.reject(new Error("no route")));
  assert.equal((await agent.answer("web")).said, "fail # no route");
  const { answers, words, kinds, running } = agent.stats();
  assert.deepEqual([answers, words, running], [{ cached: 2, fresh: 2 }, { up: 3, fail: 1 }, 0]);
  assert.deepEqual([kinds["stub"]?.runs, kinds["stub"]?.errors, kinds["stub"]?.latency.count], [2, 1, 2]);
});

Deno.test("reload() keeps a group's members down that are", async () => {
  const kind = new StubKind();
  const checks = ["a", "b"].map((name) => stubCheck(name, { maxAgeMs: 0 }, "web"));
  const groups = { web: { maxDownShare: 0.5 } };
  await using agent = stubAgent(kind, checks, { groups });
  for (const name of ["a", "b"]) kind.finds(name, { health: "down" });
  await agent.answer("a");
  agent.reload({ checks, groups });
  assert.match((await agent.answer("b")).said, /^up # held up: 1 of 2 in group "web" are down/);
  agent.reload({ checks });
  assert.equal((await agent.answer("b")).said, "down");
});

Deno.test("an overlay has the last word, and one that fails has none", async () => {
  const kind = new StubKind();
  const faults: AgentFault[] = [];
  let apply = (reply: Reply): Reply => ({ ...reply, admin: "maint" });
  const overlay = { apply: (_name: string, _target: string, reply: Reply) => apply(reply) };
  await using agent = stubAgent(kind, [stubCheck("web")], { overlay, onFault: (fault) => faults.push(fault) });
  assert.equal((await agent.answer("web")).said, "maint up");
  apply = (reply) => reply;
  assert.equal((await agent.answer("web")).said, "up");
  apply = () => ({ maxconn: -1 });
  assert.equal((await agent.answer("web")).said, "up");
  apply = () => {
    throw new Error("the store is gone");
  };
  assert.equal((await agent.answer("web")).said, "up");
  assert.deepEqual(faults.map(({ kind }) => kind), ["overlay_failed", "overlay_failed"]);
});

Deno.test("the seed's words are said where they are wanted", async () => {
  const kind = new StubKind();
  kind.finds("web", { health: "fail" }, "gone");
  await using agent = stubAgent(kind, [stubCheck("web")], { words: "seed" });
  assert.equal((await agent.answer("web")).said, "failed");
});

Deno.test("drain() ends at once when HAProxy holds no server back", async () => {
  const kind = new StubKind();
  const agent = stubAgent(kind, [stubCheck("web"), stubCheck("db", { onStop: "hold" })]);
  await agent.listen("127.0.0.1:0");
  kind.finds("db", { health: "down" });
  for (const name of ["web", "db"]) await agent.answer(name);
  const ended = agent.drain({ windowMs: 600_000 });
  assert.equal((await agent.answer("db")).said, "down");
  await ended;
  assert.equal(agent.verdicts.isClosed, true);
});

Deno.test("drain() answers what frees until all askers have heard it, and finds nothing out any more", async () => {
  const kind = new StubKind();
  kind.finds("web", { health: "down" }, "gone");
  const agent = stubAgent(kind, [stubCheck("web", { maxAgeMs: 0, onDown: { admin: "maint" } })]);
  const listener = await agent.listen("127.0.0.1:0");
  for (let asker = 0; asker < 3; asker++) assert.equal((await agent.answer("web")).said, "maint up # gone");
  const ended = agent.drain({ windowMs: 600_000 });
  for (let asker = 0; asker < 3; asker++) {
    assert.ok(agent.listeners.includes(listener), "it still listens");
    assert.equal((await agent.answer("web")).said, "ready up");
  }
  await ended;
  assert.equal(kind.runsOf("web"), 3);
  assert.deepEqual(agent.listeners, []);
});

Deno.test("drain() waits no longer than its window for who does not ask", async () => {
  const kind = new StubKind();
  kind.finds("web", { health: "down" });
  const agent = stubAgent(kind, [stubCheck("web")]);
  await agent.listen("127.0.0.1:0");
  await agent.answer("web");
  await agent.drain({ windowMs: 30 });
  assert.equal(agent.check("web")?.answers, 1);
});

Deno.test("a request that waits while the agent drains is answered up", async () => {
  const kind = new StubKind();
  const { promise, resolve } = Promise.withResolvers<Finding>();
  kind.does("web", () => promise);
  const agent = stubAgent(kind, [stubCheck("web")]);
  const waiting = agent.answer("web");
  const ended = agent.drain();
  resolve({ reply: { health: "down" }, reason: "" });
  assert.equal((await waiting).said, "up");
  await ended;
});

Deno.test("listenAll() listens at all addresses or at none", async () => {
  await using agent = stubAgent(new StubKind());
  const [taken] = await agent.listenAll(["127.0.0.1:0"]);
  assert.ok(taken?.address.transport === "tcp");
  await assert.rejects(agent.listenAll(["127.0.0.1:0", `127.0.0.1:${taken.address.port}`]), { code: "cannot_listen" });
  assert.deepEqual(agent.listeners, [taken]);
});

Deno.test("verdicts are counted by their word", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [stubCheck("web", { maxAgeMs: 0 })]);
  for (const reply of [{ health: "up" }, { health: "down" }, { health: "down" }, { weight: { percent: 5 } }] as const) {
    kind.finds("web", reply);
    await agent.answer("web");
  }
  assert.deepEqual(agent.check("web")?.verdicts, { up: 2, down: 2 });
});

Deno.test("answer() reads no further than HAProxy's agent would", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind, [stubCheck("web")]);
  assert.equal((await agent.answer("web\nnobody")).said, "up");
  assert.match((await agent.answer("x".repeat(5000))).said, /^fail # the request is longer than 4095 bytes/);
});

Deno.test("a password in a request is shown nowhere", async () => {
  const kind = new StubKind();
  await using agent = stubAgent(kind);
  const { said, check, target, reason } = await agent.answer("http://ana:geheim@10.0.0.1");
  assert.doesNotMatch(JSON.stringify([said, check, target, reason, agent.checks()]), /geheim/);
  assert.notEqual(agent.check(check), undefined, "it is found by what is shown");
});

Deno.test("requests cannot keep the checks of the configuration waiting", async () => {
  const kind = new StubKind();
  kind.does("slow", () => new Promise(() => {}));
  await using agent = stubAgent(kind, [stubCheck("web")], { maxRuns: 1, wire: { deadlineMs: 300 } });
  const slow = agent.answer("stub|slow");
  assert.equal((await agent.answer("web")).said, "up");
  assert.equal(agent.stats().running, 1);
  assert.match((await slow).said, /^fail # no answer within 300 ms/);
});

Deno.test("who asks others hears those who answer in time, also when it is asked by another itself", async () => {
  const kind = new StubKind();
  const askAll = (names: readonly string[]) => async (signal: AbortSignal, { ask }: CheckContext): Promise<Finding> => {
    const found = await Promise.all(names.map((name) => ask(name, signal)));
    return found.find(({ reply }) => reply.health === "up") ?? found[0] ?? UP;
  };
  kind.does("hung", () => new Promise(() => {}));
  kind.does("inner", askAll(["hung", "web"]));
  kind.does("outer", askAll(["inner", "hung"]));
  const deadlineMs = 300;
  await using agent = stubAgent(kind, ["hung", "web", "inner", "outer"].map((name) => stubCheck(name, { deadlineMs })));
  assert.equal((await agent.answer("outer")).said, "up");
  assert.equal((await agent.answer("inner")).said, "up");
});

Deno.test("who asks another hears its deadline's words when it is late", async () => {
  const kind = new StubKind();
  kind.does("hung", () => new Promise(() => {}));
  kind.does("asking", (signal, { ask }) => ask("hung", signal));
  await using agent = stubAgent(kind, [
    stubCheck("hung", { onDeadline: { health: "up", weight: { percent: 10 } } }),
    stubCheck("asking", { deadlineMs: 100 }),
  ]);
  const { said, reason } = await agent.answer("asking");
  assert.deepEqual([said, reason], ["10% up", "no answer within 90 ms"]);
});
