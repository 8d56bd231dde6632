/** What processes write, over real HTTP: whole bytes, whole characters, resuming, slow readers, the end. */

import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { ADMIN, readUntil, type Served, serveProcesses } from "./served.ts";

/** Says what is typed. */
const ECHO: Definition = { name: "echo", cmd: "cat", redirect_input: true, redirect_output: ["out"] };

/** Ends when its input does: nothing is started again. */
const ONCE: Definition = { ...ECHO, restart: "never" };

function shell(name: string, line: string, more: Partial<Definition> = {}): Definition {
  return { name, cmd: line, shell: true, redirect_output: ["out"], restart: "never", ...more };
}

async function type(served: Served, pid: number, input: BodyInit): Promise<void> {
  const response = await fetch(`${served.url}/streams/${pid}/stdin`, { method: "POST", headers: ADMIN, body: input });
  assert.deepEqual(await response.json(), { ok: true });
}

async function closeInput(served: Served, pid: number): Promise<void> {
  const response = await fetch(`${served.url}/streams/${pid}/stdin`, { method: "DELETE", headers: ADMIN });
  assert.deepEqual(await response.json(), { ok: true });
}

/** The events of an event stream, as an EventSource understands them. */
function eventsOf(text: string): { id: string; event: string; data: string }[] {
  return text.split("\n\n").filter((one) => /^(id|event|data):/m.test(one)).map((one) => {
    const field = (name: string) =>
      one.split("\n").filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join(
        "\n",
      );
    return { id: field("id"), event: field("event"), data: field("data") };
  });
}

Deno.test("continuous is the bytes as they were written, and ends with the process", async () => {
  await using served = await serveProcesses([ONCE]);
  const response = await fetch(`${served.url}/streams/1/out?feed=continuous`);
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.equal(response.headers.get("cache-control"), "no-cache");
  const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => at * 7);
  await type(served, 1, bytes);
  await closeInput(served, 1);
  assert.deepEqual(await response.bytes(), bytes);
});

Deno.test("longpoll, which is what is done if nothing is said, is the next block; its id leads to the one after it", async () => {
  await using served = await serveProcesses([ONCE]);
  const waiting = await fetch(`${served.url}/streams/1/out`);
  await type(served, 1, "one\n");
  assert.equal(await waiting.text(), "one\n");
  await type(served, 1, "two\n");
  const next = `${served.url}/streams/1/out?after=${waiting.headers.get("last-event-id")}`;
  const second = await fetch(next);
  assert.equal(await second.text(), "two\n");
  assert.equal(second.headers.get("x-happi-lost"), null);
  const last = await fetch(`${served.url}/streams/1/out?after=${second.headers.get("last-event-id")}`);
  await closeInput(served, 1);
  assert.equal(await last.text(), "", "it ends with the process");
});

Deno.test("eventsource names the label, and splits lines so that joined they are the text", async () => {
  await using served = await serveProcesses([shell("talk", "read x; printf 'a\\nb\\r\\n\\nc'")].map((one) => ({
    ...one,
    redirect_input: true,
  })));
  const response = await fetch(`${served.url}/streams/1/out?feed=eventsource`);
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  await type(served, 1, "go\n");
  const text = await response.text();
  assert.match(text, /^: following\n\n(id: \w+-\d+\nevent: out\n(data: .*\n)+\n)+$/);
  assert.equal(eventsOf(text).map(({ data }) => data).join(""), "a\nb\n\nc");
});

Deno.test("characters that are written in halves arrive whole in an event stream", async () => {
  await using served = await serveProcesses([ONCE]);
  const [first = 0, second = 0, third = 0] = new TextEncoder().encode("€");
  const url = `${served.url}/streams/1/out?feed=eventsource`;
  const early = await fetch(url);
  const { outputs } = served.manager.process(1);
  const feed = outputs.get("out");
  assert.ok(feed !== undefined);
  const blocks = feed.read();
  for (const half of [Uint8Array.of(97, first), Uint8Array.of(second), Uint8Array.of(third, 10)]) {
    await type(served, 1, half);
    await blocks.next();
  }
  await closeInput(served, 1);
  const all = eventsOf(await early.text());
  assert.equal(all.map(({ data }) => data).join(""), "a€\n");
  assert.equal(all[0]?.data, "a");
});

Deno.test("a reader that comes back with Last-Event-ID gets the character of which it has had the first half", async () => {
  await using served = await serveProcesses([ECHO]);
  const url = `${served.url}/streams/1/out?feed=eventsource`;
  const [first = 0, ...rest] = new TextEncoder().encode("€\n");
  const early = await fetch(url);
  await type(served, 1, Uint8Array.of(97, first));
  const seen = eventsOf(await readUntil(early, (text) => text.includes("data: a")));
  assert.deepEqual(seen.map(({ data }) => data), ["a"]);
  const resumed = await fetch(url, { headers: { "last-event-id": seen[0]?.id ?? "" } });
  await type(served, 1, Uint8Array.from(rest));
  const text = await readUntil(resumed, (text) => eventsOf(text).some(({ data }) => data.includes("€")));
  assert.deepEqual(eventsOf(text).map(({ data }) => data), ["€\n"]);
});

Deno.test("a line end of two bytes that is cut in between is one line end", async () => {
  await using served = await serveProcesses([ONCE]);
  const response = await fetch(`${served.url}/streams/1/out?feed=eventsource`);
  const feed = served.manager.process(1).outputs.get("out");
  assert.ok(feed !== undefined);
  const blocks = feed.read();
  for (const half of ["a\r", "\nb\r"]) {
    await type(served, 1, half);
    await blocks.next();
  }
  await closeInput(served, 1);
  assert.equal(eventsOf(await response.text()).map(({ data }) => data).join(""), "a\nb\n");
});

Deno.test("what is no UTF-8 is shown as such, and what follows is not harmed", async () => {
  await using served = await serveProcesses([ONCE]);
  const response = await fetch(`${served.url}/streams/1/out?feed=eventsource`);
  await type(served, 1, Uint8Array.of(0xff, 0xfe, 97, 0xe2, 0x82));
  await closeInput(served, 1);
  assert.equal(eventsOf(await response.text()).map(({ data }) => data).join(""), "\ufffd\ufffda\ufffd");
});

Deno.test("tail counts lines, the last unfinished one too", async () => {
  await using served = await serveProcesses([ONCE]);
  await type(served, 1, "one\ntwo\nthree\nfo");
  const url = `${served.url}/streams/1/out?feed=continuous`;
  await readUntil(await fetch(`${url}&after=0`), (text) => text.endsWith("fo"));
  const wanted = [["0", ""], ["1", "fo"], ["2", "three\nfo"], ["4", "one\ntwo\nthree\nfo"], [
    "99",
    "one\ntwo\nthree\nfo",
  ]];
  const answers = await Promise.all(wanted.map(([tail]) => fetch(`${url}&tail=${tail}`)));
  await closeInput(served, 1);
  for (const [at, answer] of answers.entries()) assert.equal(await answer.text(), wanted[at]?.[1]);
});

Deno.test("follow=false is what is kept, and then the end", async () => {
  await using served = await serveProcesses([ECHO]);
  const read = async (query: string) =>
    await (await fetch(`${served.url}/streams/1/out?feed=continuous&follow=false${query}`)).text();
  assert.equal(await read(""), "");
  await type(served, 1, "one\ntwo\n");
  await readUntil(await fetch(`${served.url}/streams/1/out?feed=continuous&after=0`), (text) => text.endsWith("two\n"));
  assert.deepEqual([await read(""), await read("&tail=1"), await read("&tail=0")], ["one\ntwo\n", "two\n", ""]);
  const events = await fetch(`${served.url}/streams/1/out?feed=eventsource&follow=false`);
  assert.equal(eventsOf(await events.text()).map(({ data }) => data).join(""), "one\ntwo\n");
});

Deno.test("heartbeat is a line feed in bytes, a comment in events, and nothing when it is turned off", async () => {
  await using served = await serveProcesses([ECHO]);
  const url = `${served.url}/streams/1/out?heartbeat=1&feed=`;
  const [bytes, block, events] = await Promise.all(
    ["continuous", "longpoll", "eventsource"].map(async (feed) =>
      await readUntil(await fetch(url + feed), (text) => text.replace(": following\n\n", "") !== "")
    ),
  );
  assert.deepEqual([bytes, block, events], ["\n", "\n", ": following\n\n: heartbeat\n\n"]);
  for (const off of ["false", "0"]) {
    const silent = await fetch(`${served.url}/streams/1/out?feed=continuous&heartbeat=${off}`);
    await type(served, 1, "x");
    assert.equal(await readUntil(silent, (text) => text !== ""), "x");
  }
});

Deno.test("a process that floods is not slowed down by a slow reader, who is told what is lost", async () => {
  const definition = shell("flood", "read go; head -c 64000000 /dev/zero | tr '\\0' 'x'; echo; echo end", {
    redirect_input: true,
  });
  await using served = await serveProcesses([definition], { replayBytes: 256 * 1024 });
  const slow = await fetch(`${served.url}/streams/1/out?feed=eventsource`);
  const child = served.manager.process(1);
  await type(served, 1, "go\n");
  await child.ended;
  const text = await slow.text();
  const lost = eventsOf(text).filter(({ event }) => event === "lost").map(({ data }) => JSON.parse(data).lost);
  assert.ok(lost.length > 0 && lost.every((count) => count > 0), "it is told");
  assert.ok(text.length < 40_000_000, `what was not read was not kept: ${text.length}`);
  assert.match(text, /data: end\n/);
});

Deno.test("readers that leave are forgotten", async () => {
  await using served = await serveProcesses([ECHO]);
  const feed = served.manager.process(1).outputs.get("out");
  assert.ok(feed !== undefined);
  const url = `${served.url}/streams/1/out?heartbeat=1&feed=`;
  const answers = await Promise.all(["continuous", "eventsource", "longpoll"].map((mode) => fetch(url + mode)));
  assert.equal(feed.readers, 3);
  await Promise.all(answers.map((answer) => answer.body?.cancel()));
  // Each byte is sent to whoever is thought to be there, which is how the server learns that nobody is.
  while (feed.readers > 0) await type(served, 1, "x");
  await (await fetch(`${served.url}/streams/1/out?feed=continuous`, { method: "HEAD" })).body?.cancel();
  assert.equal(feed.readers, 0, "a HEAD reads nothing");
});

Deno.test("streams end when the server stops", async () => {
  await using served = await serveProcesses([ECHO]);
  const paths = ["/streams/1/out?feed=continuous", "/watch?feed=continuous", "/stats/echo?feed=continuous&interval=60"];
  const answers = await Promise.all(paths.map((path) => fetch(served.url + path)));
  served.stopping.abort();
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  assert.deepEqual(texts.map((text) => text.slice(0, 14)), ["", "", '{"name":"echo"']);
});

Deno.test("an EventSource that comes back after the end of a commit is told not to come again", async () => {
  await using served = await serveProcesses([shell("task", "echo done", { start: false })]);
  const { pid, ended } = await served.commits.run("task");
  await ended;
  const url = `${served.url}/streams/${pid}/out?feed=eventsource`;
  const [last] = eventsOf(await (await fetch(`${url}&after=0`)).text());
  assert.equal(last?.data, "done\n");
  const again = await fetch(url, { headers: { "last-event-id": last?.id ?? "" } });
  assert.equal(again.status, 204);
});

Deno.test("watch hands out each event once, under the name of the path", async () => {
  await using served = await serveProcesses([{ name: "web", cmd: "sleep 60" }]);
  const ask = async (path: string) => await fetch(`${served.url}/watch${path}`);
  const [all, spawns, web, other] = await Promise.all(
    ["?feed=eventsource", "/spawn?feed=continuous", "/proc/web?feed=eventsource", "/proc/other/exit?feed=continuous"]
      .map(ask),
  );
  assert.ok(all !== undefined && spawns !== undefined && web !== undefined && other !== undefined);
  await fetch(`${served.url}/processes/web/_add`, { method: "POST" });
  await fetch(`${served.url}/processes/web`, { method: "DELETE", headers: ADMIN });
  const isOver = (text: string) => /"event":"(proc\.web\.)?delete"/.test(text);
  const names = (text: string) => eventsOf(text).map(({ event, data }) => [event, JSON.parse(data).event]);
  const happened = ["spawn", "update", "stop", "reap", "exit", "delete"];
  const seen = names(await readUntil(all, isOver));
  assert.deepEqual(new Set(seen.map(([name]) => name)), new Set(happened));
  assert.equal(seen.length, happened.length + 2, "two processes end");
  assert.ok(seen.every(([name, inside]) => name === inside));
  assert.deepEqual(names(await readUntil(web, isOver)), seen.map(([name]) => [`proc.web.${name}`, `proc.web.${name}`]));
  const lines = (await readUntil(spawns, (text) => text.endsWith("\r\n"))).trim().split("\r\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line).pid), [2]);
  served.stopping.abort();
  assert.equal(await other.text(), "");
});

Deno.test("stats are a stream that ends with the process", async () => {
  await using served = await serveProcesses([{ ...ONCE, name: "web" }]);
  const response = await fetch(`${served.url}/stats/web/1?feed=eventsource&interval=0.1`);
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  await closeInput(served, 1);
  assert.match(await response.text(), /^(event: stat\ndata: {"mem_info1".*}\n\n)+$/);
});

Deno.test("two labels are two streams, one label twice is one", async () => {
  const say = "read x; echo to-out; echo to-err >&2";
  await using served = await serveProcesses([
    shell("two", say, { redirect_input: true, redirect_output: ["out", "err"] }),
    shell("one", say, { redirect_input: true, redirect_output: ["all", "all"] }),
  ]);
  const paths = ["1/out", "1/err", "2/all"];
  const answers = await Promise.all(paths.map((path) => fetch(`${served.url}/streams/${path}?feed=continuous`)));
  for (const pid of [1, 2]) await type(served, pid, "go\n");
  const [out, err, all] = await Promise.all(answers.map((answer) => answer.text()));
  assert.deepEqual([out, err, all?.split("\n").sort().join(" ")], ["to-out\n", "to-err\n", " to-err to-out"]);
});
