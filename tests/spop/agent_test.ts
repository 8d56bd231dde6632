/** The agent over real sockets, asked by the project's own client. */

import assert from "node:assert/strict";
import {
  type Action,
  Agent,
  type AgentListener,
  type AgentOptions,
  type Fault,
  type Handler,
  type HandlerOptions,
  Ip,
  type Message,
  SpopClient,
  SpopClosed,
  type Verdict,
} from "../../lib/spop/mod.ts";

/** An agent with one message, `ask`, and a client of it. */
async function setUp(handler: Handler, options: AgentOptions & { readonly handler?: HandlerOptions } = {}) {
  const faults: Fault[] = [];
  const agent = new Agent({ onFault: (fault) => faults.push(fault), ...options });
  agent.on("ask", handler, options.handler);
  const listener = await agent.listen("127.0.0.1:0");
  const client = await SpopClient.connect(listener.address);
  return {
    agent,
    listener,
    client,
    faults,
    async [Symbol.asyncDispose]() {
      await client.close();
      await listener.close();
    },
  };
}

function values(actions: readonly Action[]): unknown[] {
  return actions.map((one) => one.type === "set_var" ? one.value.value : undefined);
}

/** A promise with its ends outside. */
const later = () => Promise.withResolvers<void>();

Deno.test("Agent answers IPv4, IPv6 and every other type of argument", async () => {
  const seen: unknown[] = [];
  await using at = await setUp((message, actions) => {
    const { ip, n, big, text, bin, flag, nothing, missing } = message.args;
    seen.push(String(ip), n, big, text, bin, flag, nothing, missing);
    assert.ok(message.ip("ip")?.isIn("2001:db8::/32"));
    assert.equal(message.text("text"), "é");
    assert.equal(message.integer("n"), -5);
    assert.equal(message.integer("text"), undefined);
    assert.deepEqual(message.bytes("ip"), message.ip("ip")?.bytes);
    assert.equal(message.bytes("text")?.length, 2);
    assert.equal(message.at(1), -5);
    assert.equal(message.at(99), undefined);
    actions.set("process", "a", true);
    actions.set("transaction", "b", Ip.parse("192.0.2.1"));
    actions.unset("response", "c");
  });
  const args = { ip: Ip.parse("2001:db8::1"), n: -5, big: 2n ** 63n, text: "é", bin: new Uint8Array([1]), flag: true };
  const actions = await at.client.notify([{ name: "ask", args: { ...args, nothing: null } }]);
  assert.deepEqual(seen, ["2001:db8::1", -5, 2n ** 63n, "é", new Uint8Array([1]), true, null, undefined]);
  assert.deepEqual(actions.map((one) => [one.type, one.scope, one.name]), [
    ["set_var", "process", "a"],
    ["set_var", "transaction", "b"],
    ["unset_var", "response", "c"],
  ]);
});

Deno.test("message.args is only its arguments, whatever their names", async () => {
  await using at = await setUp((message, actions) => {
    actions.set("request", "names", message.argumentNames.join(" "));
    actions.set("request", "proto", message.args["__proto__"] ?? null);
    actions.set("request", "constructor", message.args["constructor"] ?? null);
    actions.set("request", "toString", message.args["toString"] === undefined);
    actions.set("request", "twice", message.args["twice"] ?? null);
  });
  const args = [["__proto__", "p"], ["constructor", 1], ["twice", "first"], ["twice", "second"], ["", 9]] as const;
  const actions = await at.client.notify([{ name: "ask", args }]);
  assert.deepEqual(values(actions), ["__proto__ constructor twice twice ", "p", 1, true, "first"]);
});

Deno.test("messages of one name with many shapes are each read right", async () => {
  await using at = await setUp((message, actions) => {
    actions.set("request", "sum", message.argumentNames.reduce((sum, name) => sum + Number(message.args[name]), 0));
  });
  const questions = Array.from({ length: 60 }, (_, index) => {
    const args = Object.fromEntries(Array.from({ length: index % 30 }, (_, one) => [`a${one}`, index]));
    return at.client.notify([{ name: "ask", args }]);
  });
  const answers = (await Promise.all(questions)).flatMap(values);
  assert.deepEqual(answers, answers.map((_, index) => index * (index % 30)));
});

Deno.test("a handler behind a promise reads the right arguments after others came through the same buffer", async () => {
  const gate = later();
  await using at = await setUp(async (message, actions) => {
    await gate.promise;
    actions.set("request", "x", `${message.args["x"]} ${message.streamId} ${message.frameId}`);
  });
  const questions = Array.from(
    { length: 50 },
    (_, x) => at.client.notify([{ name: "ask", args: { x: `value ${x}` } }]),
  );
  await until(() => at.agent.stats().in_flight === 50);
  gate.resolve();
  const answers = (await Promise.all(questions)).flatMap(values);
  assert.deepEqual(answers, answers.map((_, x) => `value ${x} ${x * 2 + 1} 1`));
});

Deno.test("answers leave in the order in which handlers finish", async () => {
  const gates = [later(), later(), later()];
  await using at = await setUp((message) => gates[Number(message.args["x"])]?.promise);
  const order: number[] = [];
  const questions = [0, 1, 2].map((x) => at.client.notify([{ name: "ask", args: { x } }]).then(() => order.push(x)));
  for (const x of [2, 0, 1]) {
    gates[x]?.resolve();
    await questions[x];
  }
  assert.deepEqual(order, [2, 0, 1]);
});

Deno.test("one ACK has the actions of messages that answer at once and behind promises, in the messages' order", async () => {
  const gate = later();
  await using at = await setUp((message, actions) => {
    actions.set("request", "x", message.args["x"] ?? null);
    if (message.args["slow"] !== true) return undefined;
    return gate.promise.then(() => actions.set("request", "x", "late"));
  });
  const message = (x: number, slow: boolean) => ({ name: "ask", args: { x, slow } });
  const answer = at.client.notify([message(1, false), message(2, true), message(3, false), message(4, true)]);
  await until(() => at.agent.stats().in_flight === 1);
  gate.resolve();
  assert.deepEqual(values(await answer), [1, 2, "late", 3, 4, "late"]);
});

Deno.test("a handler that throws or rejects is answered by its default, counted, and told once", async () => {
  const handler: Handler = (message, actions) => {
    actions.set("request", "x", "half done");
    if (message.args["slow"] === true) return Promise.reject(new Error("rejected"));
    throw new Error("thrown");
  };
  const byDefault: HandlerOptions = { defaultVerdict: (actions) => actions.set("request", "x", "default") };
  await using at = await setUp(handler, { handler: byDefault });
  for (const slow of [false, true, false, true]) {
    assert.deepEqual(values(await at.client.notify([{ name: "ask", args: { slow } }])), ["default"]);
  }
  assert.equal(at.agent.stats().messages["ask"]?.errors, 4);
  assert.deepEqual(at.faults.map((fault) => [fault.kind, fault.message]), [["handler_failed", "ask"]]);
});

Deno.test("a default that throws leaves an empty ACK", async () => {
  const fail = () => {
    throw new Error("no");
  };
  await using at = await setUp(fail, { handler: { defaultVerdict: fail } });
  assert.deepEqual(await at.client.notify([{ name: "ask" }]), []);
  assert.deepEqual(at.faults.map((fault) => fault.kind), ["handler_failed", "default_failed"]);
});

Deno.test("a handler that is late is answered by its default in time, and its result is dropped", async () => {
  const gate = later();
  const byDefault: HandlerOptions = {
    deadlineMs: 30,
    defaultVerdict: (actions) => actions.set("session", "score", 100),
  };
  await using at = await setUp(async (_, actions) => {
    await gate.promise;
    actions.set("session", "score", 5);
  }, { handler: byDefault });
  const start = performance.now();
  assert.deepEqual(values(await at.client.notify([{ name: "ask" }])), [100]);
  assert.ok(performance.now() - start >= 29);
  gate.resolve();
  await until(() => at.agent.stats().messages["ask"]?.late === 1);
  assert.deepEqual(at.faults.map((fault) => fault.kind), ["deadline", "late"]);
  assert.equal(at.agent.stats().messages["ask"]?.deadlines, 1);
  assert.equal(at.agent.stats().in_flight, 0);
});

Deno.test("actions that come when the answer has gone are dropped, and never reach another answer", async () => {
  let kept: { set(scope: "request", name: string, value: string): void } | undefined;
  await using at = await setUp((message, actions) => {
    kept?.set("request", "x", "stale");
    kept = message.args["keep"] === true ? actions : undefined;
  });
  await at.client.notify([{ name: "ask", args: { keep: true } }]);
  kept?.set("request", "x", "stale");
  assert.deepEqual(at.faults.map((fault) => fault.kind), ["late"]);
});

Deno.test("values that cannot be sent are the handler's fault, and the ACK is sent", async () => {
  const bad: unknown[] = [NaN, 1.5, {}, Symbol("x"), "y".repeat(20_000)];
  await using at = await setUp((message, actions) => {
    actions.set("request", "good", 1);
    const value: unknown = bad[Number(message.args["which"])];
    Reflect.apply(actions.set, actions, ["request", "bad", value]);
  }, { handler: { defaultVerdict: (actions) => actions.set("request", "good", 0) } });
  for (const which of bad.keys()) {
    assert.deepEqual(values(await at.client.notify([{ name: "ask", args: { which } }])), [0]);
  }
  assert.equal(at.agent.stats().messages["ask"]?.errors, bad.length);
  await using names = await setUp((message, actions) => actions.set("request", String(message.args["name"]), 1));
  for (const name of ["", "a b", "ä", "x;y", "z".repeat(201)]) {
    assert.deepEqual(await names.client.notify([{ name: "ask", args: { name } }]), []);
  }
});

Deno.test("actions that do not fit the frame any more are dropped and counted, the others are sent", async () => {
  const set: Handler = (message, actions) => {
    for (let index = 0; index < 5; index++) actions.set("request", `x${index}`, "y".repeat(100));
    return message.args["slow"] === true ? Promise.resolve() : undefined;
  };
  const agent = new Agent({ maxFrameSize: 256 }).on("ask", set);
  await using listener = await agent.listen("127.0.0.1:0");
  await using client = await SpopClient.connect(listener.address);
  for (const slow of [false, true]) {
    const actions = await client.notify([{ name: "ask", args: { slow } }]);
    assert.deepEqual(actions.map((one) => one.name), ["x0", "x1"]);
  }
  assert.equal(agent.stats().messages["ask"]?.dropped_actions, 6);
});

Deno.test("a copied message stays as it was, the message itself is used again", async () => {
  const kept: [Message, Message][] = [];
  await using at = await setUp((message) => void kept.push([message, message.copy()]));
  for (const x of ["first", "other"]) await at.client.notify([{ name: "ask", args: { x } }]);
  assert.deepEqual(kept.map(([, copy]) => copy.args["x"]), ["first", "other"]);
  assert.equal(kept[0]?.[0], kept[1]?.[0]);
  assert.deepEqual(kept[0]?.[1].toJSON(), { name: "ask", args: Object.assign(Object.create(null), { x: "first" }) });
});

Deno.test("a larger frame than the agent takes goes in pieces and comes out whole", async () => {
  await using at = await setUp((message, actions) => actions.set("request", "n", message.text("x")?.length ?? 0));
  assert.deepEqual(values(await at.client.notify([{ name: "ask", args: { x: "y".repeat(100_000) } }])), [100_000]);
});

Deno.test("onVerdict is told what was asked and answered, and how", async () => {
  const verdicts: Verdict[] = [];
  await using at = await setUp((message, actions) => {
    if (message.args["x"] === 2) throw new Error("no");
    actions.set("session", "y", message.args["x"] ?? null);
    return message.args["x"] === 3 ? Promise.resolve() : undefined;
  }, { onVerdict: (verdict) => verdicts.push(verdict) });
  for (const x of [1, 2, 3]) await at.client.notify([{ name: "ask", args: { x } }]);
  const value = (x: number) => [{ type: "set_var", scope: "session", name: "y", value: { type: "int64", value: x } }];
  assert.deepEqual(
    verdicts.map((one) => [one.message, one.args["x"], one.outcome, one.stream_id, one.actions]),
    [
      ["ask", 1, "answered", 1, value(1)],
      ["ask", 2, "failed", 3, []],
      ["ask", 3, "answered", 5, value(3)],
    ],
  );
  assert.equal(verdicts[0]?.engine_id.length, 36);
});

Deno.test("stats() counts messages, engines, bytes and latency", async () => {
  const agent = new Agent().on("ask", (_, actions) => actions.set("request", "x", 1));
  await using listener = await agent.listen("127.0.0.1:0");
  await using client = await SpopClient.connect(listener.address, { engineId: "engine-1" });
  await Promise.all([1, 2, 3].map(() => client.notify([{ name: "ask" }])));
  const stats = agent.stats();
  assert.deepEqual([stats.connections, stats.accepted, stats.frames, stats.in_flight], [1, 1, 3, 0]);
  assert.deepEqual([stats.messages["ask"]?.messages, stats.messages["ask"]?.latency.count], [3, 3]);
  assert.equal(stats.engines["engine-1"]?.frames, 3);
  assert.ok(stats.bytes_in > stats.bytes_out && stats.bytes_out > 0);
});

Deno.test("stats() counts a message's bytes: of its arguments, and of its actions, at once and behind a promise", async () => {
  await using at = await setUp((message, actions) => {
    actions.set("request", "y", 1);
    return message.args["x"] === "later" ? Promise.resolve() : undefined;
  });
  const bytes = () => {
    const { bytes_in, bytes_out } = at.agent.stats().messages["ask"] ?? {};
    return [bytes_in, bytes_out];
  };
  // A length and "x", a type, a length and the text; type, count and scope of set-var, a length and "y", a type and 1.
  await at.client.notify([{ name: "ask", args: { x: "now" } }]);
  assert.deepEqual(bytes(), [7, 7]);
  await at.client.notify([{ name: "ask", args: { x: "later" } }]);
  assert.deepEqual(bytes(), [7 + 9, 14]);
  await at.client.notify([{ name: "nobody's", args: { x: "now" } }, { name: "ask" }]);
  assert.deepEqual(bytes(), [7 + 9, 21]);
});

Deno.test("on() replaces a handler while connections stay, off() takes it away", async () => {
  await using at = await setUp((_, actions) => actions.set("request", "x", "old"));
  assert.deepEqual(values(await at.client.notify([{ name: "ask" }])), ["old"]);
  at.agent.on("ask", (_, actions) => actions.set("request", "x", "new"));
  assert.deepEqual(values(await at.client.notify([{ name: "ask" }])), ["new"]);
  assert.equal(at.agent.stats().messages["ask"]?.messages, 2, "the counters go on");
  assert.equal(at.agent.off("ask"), true);
  assert.deepEqual(await at.client.notify([{ name: "ask" }]), []);
  assert.equal(at.agent.off("ask"), false);
});

Deno.test("drain() finishes what runs, says goodbye behind the last ACK, and accepts no more", async () => {
  const gate = later();
  await using at = await setUp(async (_, actions) => {
    await gate.promise;
    actions.set("request", "x", "done");
  });
  await using idle = await SpopClient.connect(at.listener.address);
  const answer = at.client.notify([{ name: "ask" }]);
  await until(() => at.agent.stats().in_flight === 1);
  const drained = at.listener.drain();
  assert.deepEqual(await idle.ended, { status_code: 0, message: "normal" });
  await assert.rejects(SpopClient.connect(at.listener.address), SpopClosed);
  gate.resolve();
  assert.deepEqual(values(await answer), ["done"]);
  assert.deepEqual(await at.client.ended, { status_code: 0, message: "normal" });
  await drained;
  assert.equal(at.agent.stats().connections, 0);
});

Deno.test("drain() answers by default what does not end in its time", async () => {
  const options: HandlerOptions = { deadlineMs: 60_000, defaultVerdict: (actions) => actions.set("request", "x", 0) };
  await using at = await setUp(() => new Promise(() => {}), { handler: options });
  const answer = at.client.notify([{ name: "ask" }]);
  await until(() => at.agent.stats().in_flight === 1);
  await at.listener.drain(100);
  assert.deepEqual(values(await answer), [0]);
});

Deno.test("a client's DISCONNECT is answered with status 0", async () => {
  await using at = await setUp(() => {});
  assert.deepEqual(await at.client.disconnect(), { status_code: 0, message: "normal" });
});

Deno.test("a connection that says no HELLO is cut off with a timeout", async () => {
  const agent = new Agent({ handshakeMs: 40 });
  await using listener = await agent.listen("127.0.0.1:0");
  assert.ok(listener.address.transport === "tcp");
  using conn = await Deno.connect({ port: listener.address.port });
  const bytes = new Uint8Array(200);
  const count = await conn.read(bytes);
  assert.ok(count !== null && count > 30);
  assert.equal(bytes[4], 102);
  assert.equal(await conn.read(bytes), null);
  assert.deepEqual(agent.stats().disconnects, { 2: 1 });
});

Deno.test("a connection that is quiet for too long gets a goodbye", async () => {
  await using at = await setUp(() => {}, { idleMs: 40 });
  assert.deepEqual(await at.client.ended, { status_code: 0, message: "normal" });
});

Deno.test("more connections than allowed wait until one ends", async () => {
  await using at = await setUp((_, actions) => actions.set("request", "x", 1), { maxConnections: 1 });
  const second = SpopClient.connect(at.listener.address);
  await at.client.notify([{ name: "ask" }]);
  assert.equal(at.agent.stats().accepted, 1);
  await at.client.close();
  await using client = await second;
  assert.equal((await client.notify([{ name: "ask" }])).length, 1);
});

Deno.test("a reader that reads nothing stops being read, and others go on", async () => {
  await using at = await setUp((message, actions) => actions.set("request", "x", message.text("x") ?? ""), {
    maxBufferedBytes: 64 * 1024,
  });
  assert.ok(at.listener.address.transport === "tcp");
  const { notify, hello } = await import("./wire.ts");
  using conn = await Deno.connect({ port: at.listener.address.port });
  await conn.write(hello());
  const question = notify(1, { name: "ask", args: { x: "z".repeat(10_000) } });
  let sent = 0;
  const flood = (async () => {
    for (let from = 0;; from %= question.length) {
      const written = await conn.write(question.subarray(from));
      sent += written;
      from += written;
    }
  })();
  flood.catch(() => {});
  const quiet = async () => {
    const before = sent;
    await at.client.notify([{ name: "ask", args: { x: "me" } }]);
    return before > 0 && sent === before;
  };
  let still = 0;
  while (still < 50) still = await quiet() ? still + 1 : 0;
  const { bytes_in, bytes_out } = at.agent.stats();
  assert.ok(bytes_in - bytes_out < 1_500_000, `${bytes_in - bytes_out} bytes are held`);
  assert.deepEqual(at.agent.stats().disconnects, {});
});

Deno.test("a burst whose answers are larger than what may wait is answered whole", async () => {
  await using at = await setUp((message, actions) => actions.set("request", "x", message.args["x"] ?? null), {
    maxBufferedBytes: 1000,
  });
  const texts = Array.from({ length: 300 }, (_, index) => `${index} `.repeat(1 + (index * 37) % 400));
  const answers = await Promise.all(texts.map((x) => at.client.notify([{ name: "ask", args: { x } }])));
  assert.deepEqual(answers.flatMap(values), texts);
});

Deno.test("an agent on a unix socket answers, lets only owner and group in, and leaves no file", async () => {
  const dir = await Deno.makeTempDir({ dir: "/tmp" });
  const path = `${dir}/spoa.sock`;
  const agent = new Agent().on("ask", (_, actions) => actions.set("request", "x", 1));
  {
    await using listener: AgentListener = await agent.listen(`unix:${path}`);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o660);
    await using client = await SpopClient.connect(listener.address);
    assert.equal((await client.notify([{ name: "ask" }])).length, 1);
  }
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  await Deno.remove(dir);
});

/** Waits for something that happens by itself, turn by turn of the event loop. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 0));
}
