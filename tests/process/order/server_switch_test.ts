/**
 * What HAProxy is told of processes that are servers of it, and what they wait for: with a HAProxy that the test plays.
 */
import assert from "node:assert/strict";
import { Feed } from "../../../lib/feed/mod.ts";
import type { Definition } from "../../../lib/process/definition.ts";
import { type ServerSwitch, Serving, type ServingOptions } from "../../../lib/process/order/server_switch.ts";

const WEB: Definition = { name: "web", cmd: "web", server: "web/s1" };

Deno.test("Serving makes a server ready, and drains it before a planned stop", async () => {
  const { heard, serving } = play();
  using _ = serving;
  await serving.onServing(WEB, "yes");
  await serving.onServing(WEB, "no");
  assert.deepEqual(all(heard), ["ready web/s1", "drain web/s1", "idle web/s1"]);
});

Deno.test("Serving does not wait for the sessions of what has ended", async () => {
  const { heard, serving } = play();
  using _ = serving;
  await serving.onServing(WEB, "yes");
  await serving.onServing(WEB, "lost");
  assert.deepEqual(await take(heard, 2), ["ready web/s1", "drain web/s1"]);
  await serving.tellAgain();
  assert.deepEqual(all(heard).slice(2), ["drain web/s1"]);
});

Deno.test("Serving tells nothing of a definition that is no server", async () => {
  const { heard, serving } = play();
  using _ = serving;
  for (const now of ["yes", "no", "lost"] as const) await serving.onServing({ name: "cron", cmd: "cron" }, now);
  assert.deepEqual(all(heard), []);
});

Deno.test("Serving drains a server when the last of those that are it is gone", async () => {
  const { heard, serving } = play();
  using _ = serving;
  await serving.onServing(WEB, "yes");
  await serving.onServing({ ...WEB, name: "green" }, "yes");
  await serving.onServing(WEB, "no");
  assert.deepEqual(await take(heard, 2), ["ready web/s1", "ready web/s1"]);
  await serving.onServing({ ...WEB, name: "green" }, "no");
  assert.deepEqual(all(heard).slice(2), ["drain web/s1", "idle web/s1"]);
});

Deno.test("Serving stops waiting for sessions when the drain timeout is over", async () => {
  const { heard, serving } = play({}, { untilIdle: () => new Promise(() => {}) });
  using _ = serving;
  await serving.onServing(WEB, "yes");
  await serving.onServing({ ...WEB, drain_timeout: 0.03 }, "no");
  assert.deepEqual(all(heard), ["ready web/s1", "drain web/s1"]);
});

Deno.test("Serving lets processes start and stop while HAProxy does not answer", async () => {
  const never = () => new Promise<void>(() => {});
  const { serving } = play({ tellMs: 20 }, { ready: never, drain: never, untilIdle: never });
  using _ = serving;
  await serving.onServing(WEB, "yes");
  await serving.onServing(WEB, "no");
});

Deno.test("Serving tells HAProxy as soon as it is back, and only what is wanted by then", async () => {
  let isAway = true;
  const heard = new Feed<string>();
  const refused = new Feed<string>();
  const away = (word: string) => (server: string) => {
    (isAway ? refused : heard).push(`${word} ${server}`);
    return isAway ? Promise.reject(new Error("there is no such socket")) : Promise.resolve();
  };
  const { serving } = play({ againMs: 5 }, { ready: away("ready"), drain: away("drain") });
  using _ = serving;
  await serving.onServing(WEB, "yes");
  assert.deepEqual(await take(refused, 2), ["ready web/s1", "ready web/s1"]);
  await serving.onServing(WEB, "no");
  assert.equal(all(refused).at(-1), "drain web/s1");
  isAway = false;
  assert.deepEqual(await take(heard, 1), ["drain web/s1"]);
  await serving.onServing(WEB, "yes");
  assert.deepEqual(await take(heard, 2), ["drain web/s1", "ready web/s1"]);
});

Deno.test("Serving never has HAProxy hear an older wish after a newer one", async () => {
  const heard = new Feed<string>();
  const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
  const { serving } = play({}, {
    ready: async () => {
      await slow;
      heard.push("ready");
    },
    drain: () => Promise.resolve(void heard.push("drain")),
  });
  using _ = serving;
  await serving.onServing(WEB, "yes");
  const stopped = serving.onServing(WEB, "no");
  answer();
  await stopped;
  assert.deepEqual(all(heard), ["ready", "drain"]);
});

Deno.test("Serving tells all of it again after a reload", async () => {
  const { heard, serving } = play();
  using _ = serving;
  await serving.onServing(WEB, "yes");
  await serving.onServing({ ...WEB, name: "api", server: "api/s2" }, "yes");
  await serving.onServing({ ...WEB, name: "api", server: "api/s2" }, "lost");
  await take(heard, 3);
  await serving.tellAgain();
  assert.deepEqual(all(heard).slice(3), ["ready web/s1", "drain api/s2"]);
});

Deno.test("Serving still waits for the sessions of a planned stop when a reload comes in between", async () => {
  const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
  const heard = new Feed<string>();
  const { serving } = play({}, {
    drain: async () => {
      heard.push("drain");
      await slow;
    },
    untilIdle: () => Promise.resolve(void heard.push("idle")),
  });
  using _ = serving;
  await serving.onServing(WEB, "yes");
  const stopped = serving.onServing(WEB, "no");
  await take(heard, 1);
  const again = serving.tellAgain();
  answer();
  await Promise.all([stopped, again]);
  assert.deepEqual(all(heard).sort(), ["drain", "drain", "idle"]);
});

Deno.test("Serving outlives a switch that throws at once", async () => {
  const { serving } = play({}, {
    ready: () => {
      throw new Error("no such thing");
    },
  });
  using _ = serving;
  await serving.onServing(WEB, "yes");
  await serving.onServing(WEB, "no");
});

Deno.test("Serving tells nothing any more when it has ended", async () => {
  const { heard, serving } = play();
  serving[Symbol.dispose]();
  await serving.onServing(WEB, "yes");
  await serving.tellAgain();
  assert.deepEqual(all(heard), []);
});

/** A HAProxy that does at once what it is told, but for what the test does itself. */
function play(options: ServingOptions = {}, own: Partial<ServerSwitch> = {}) {
  const heard = new Feed<string>();
  const hear = (word: string) => (server: string) => Promise.resolve(void heard.push(`${word} ${server}`));
  const serving = new Serving({ ready: hear("ready"), drain: hear("drain"), untilIdle: hear("idle"), ...own }, options);
  return { heard, serving };
}

/** What HAProxy has heard. */
function all(heard: Feed<string>): string[] {
  return heard.latest().map(({ value }) => value);
}

/** The first that HAProxy hears, as soon as it has heard so many. */
async function take(heard: Feed<string>, count: number): Promise<string[]> {
  const words: string[] = [];
  for await (const item of heard.read({ after: 0 })) {
    if (item.kind === "record") words.push(item.record.value);
    if (words.length === count) break;
  }
  return words;
}
