/** Feeds over HTTP: the three ways, heartbeats, resuming, and readers that leave. */

import assert from "node:assert/strict";
import { Feed, feedResponse, type FeedResponseOptions, InvalidFeedRequest } from "../../lib/feed/mod.ts";

function feedOf(...values: string[]): Feed<string> {
  const feed = new Feed<string>({ epoch: "e", capacity: 3, now: () => 5 });
  for (const value of values) feed.push(value);
  return feed;
}

function ask(feed: Feed<string>, query: string, headers: HeadersInit = {}, options: FeedResponseOptions<string> = {}) {
  return feedResponse(feed, new Request(`http://localhost/${query}`, { headers }), options);
}

Deno.test("feed=continuous is a line of JSON a record, until the feed ends", async () => {
  const feed = feedOf("a", "b", "c", "d");
  const response = await ask(feed, "?feed=continuous&after=e-0");
  feed.close();
  assert.match(response.headers.get("content-type") ?? "", /ndjson/);
  assert.deepEqual((await response.text()).trim().split("\n").map((line) => JSON.parse(line)), [
    { lost: 1 },
    { id: "e-2", at: 5, value: "b" },
    { id: "e-3", at: 5, value: "c" },
    { id: "e-4", at: 5, value: "d" },
  ]);
});

Deno.test("feed=eventsource is what an EventSource reads, line breaks in records and all", async () => {
  const feed = feedOf("a");
  feed.push("two\nlines\r\nthree");
  feed.close();
  const response = await ask(feed, "?tail=2", { accept: "text/event-stream" }, {
    format: (text) => text,
    event: "line",
  });
  assert.equal(
    await response.text(),
    ": following\n\nid: e-1\nevent: line\ndata: a\n\nid: e-2\nevent: line\ndata: two\ndata: lines\ndata: three\n\n",
  );
});

Deno.test("a reader that comes back with Last-Event-ID misses nothing, and is told of what is gone", async () => {
  const feed = feedOf("a", "b", "c", "d");
  feed.close();
  const resumed = async (id: string) => await (await ask(feed, "?feed=eventsource", { "last-event-id": id })).text();
  assert.match(await resumed("e-3"), /^: following\n\nid: e-4\ndata: "d"\n\n$/);
  assert.match(await resumed("e-0"), /^: following\n\nevent: lost\ndata: {"lost":1}\n\nid: e-2\n/);
  const [other, nonsense] = [await resumed("older-999"), await resumed("?")];
  assert.match(other, /^: following\n\nid: e-2\n/, "the feed of an earlier process: all that is kept");
  assert.equal(nonsense, other);
});

Deno.test("feed=longpoll gives what is there at once, and what to ask for next", async () => {
  const feed = feedOf("a", "b");
  const first = await (await ask(feed, "?feed=longpoll&tail=5")).json();
  assert.deepEqual(first.records.map((record: { value: string }) => record.value), ["a", "b"]);
  assert.deepEqual([first.lost, first.last_id], [0, "e-2"]);
  const waiting = ask(feed, `?feed=longpoll&after=${first.last_id}`);
  feed.push("c");
  const second = await (await waiting).json();
  assert.deepEqual([second.records.length, second.records[0].value, second.last_id], [1, "c", "e-3"]);
  const limited = await (await ask(feed, "?feed=longpoll&tail=3", {}, { limit: 2 })).json();
  assert.deepEqual([limited.records.length, limited.last_id], [2, "e-2"]);
  assert.equal(feed.readers, 0);
});

Deno.test("feed=longpoll that nothing comes for ends empty, and can go on from there", async () => {
  const feed = feedOf("a");
  const answer = await (await ask(feed, "?feed=longpoll", {}, { waitMs: 1 })).json();
  assert.deepEqual(answer, { records: [], lost: 0, last_id: "e-1" });
  assert.equal(feed.readers, 0);
});

Deno.test("a silent stream shows signs of life", async () => {
  for (const [query, life] of [["?feed=eventsource", ": heartbeat\n\n"], ["?feed=continuous", "\n"]] as const) {
    const response = await ask(feedOf(), query, {}, { heartbeatMs: 1 });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.endsWith(life.repeat(2))) text += (await reader?.read())?.value ?? assert.fail("it ended");
    await reader?.cancel();
  }
});

Deno.test("a reader that leaves is no reader any more, and the server's signal ends the stream", async () => {
  const feed = feedOf();
  const left = await ask(feed, "");
  assert.equal(feed.readers, 1);
  await left.body?.cancel();
  assert.equal(feed.readers, 0);
  const stopping = new AbortController();
  const ended = await ask(feed, "?heartbeat=0", {}, { signal: stopping.signal });
  const text = ended.text();
  stopping.abort();
  assert.equal(await text, "");
  assert.equal(feed.readers, 0);
});

Deno.test("a slow reader costs no memory: nothing is taken that it has not asked for", async () => {
  const feed = feedOf();
  const response = await ask(feed, "?feed=continuous");
  for (let index = 0; index < 1000; index++) feed.push(`${index}`);
  feed.close();
  const lines = (await response.text()).trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((line) => line.lost ?? line.value), [997, "997", "998", "999"]);
});

for (const query of ["?feed=normal", "?tail=-1", "?tail=x", "?heartbeat=soon"]) {
  Deno.test(`a request with ${query} is refused`, async () => {
    await assert.rejects(() => ask(feedOf(), query), InvalidFeedRequest);
  });
}
