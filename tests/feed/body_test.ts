/** Feeds as bodies: what is there goes out together, and where it ends. */

import assert from "node:assert/strict";
import { Feed, feedBody, type FeedBodyOptions } from "../../lib/feed/mod.ts";

const encoder = new TextEncoder();

function shown(options: Partial<FeedBodyOptions<string>> = {}): FeedBodyOptions<string> {
  return {
    heartbeatMs: 0,
    life: encoder.encode("."),
    write: (item) => encoder.encode(item.kind === "lost" ? `-${item.count}` : item.record.value),
    ...options,
  };
}

function feedOf(...values: string[]): Feed<string> {
  const feed = new Feed<string>();
  for (const value of values) feed.push(value);
  return feed;
}

Deno.test("feedBody() gives what is there in one piece, up to 64 KiB", async () => {
  const feed = feedOf("a", "b", "c", "x".repeat(70_000), "d");
  feed.close();
  const pieces = await Array.fromAsync(feedBody(feed, { after: 0 }, shown()));
  assert.deepEqual(pieces.map((piece) => piece.length), [70_003, 1]);
});

Deno.test("feedBody() goes on behind records that show nothing, and does not count those that are not shown", async () => {
  const feed = feedOf("no", "", "yes", "yes");
  const options = shown({
    records: 2,
    write: (item) =>
      item.kind === "record" && item.record.value !== "no" ? encoder.encode(item.record.value) : undefined,
  });
  assert.equal(await new Response(feedBody(feed, { after: 0 }, options)).text(), "yes");
  assert.equal(feed.readers, 0);
});

Deno.test("feedBody() ends behind a record, also one that it was too slow for", async () => {
  const feed = feedOf("a", "b", "c");
  assert.equal(await new Response(feedBody(feed, { after: 0 }, shown({ until: 2 }))).text(), "ab");
  const short = new Feed<string>({ capacity: 1 });
  const body = feedBody(short, {}, shown({ until: 1 }));
  for (const value of ["a", "b", "c"]) short.push(value);
  assert.equal(await new Response(body).text(), "-2c");
  assert.equal(short.readers, 0);
});

Deno.test("feedBody() sends what is left at the end, and signs of life in between", async () => {
  const feed = new Feed<string>();
  const body = feedBody(
    feed,
    {},
    shown({ heartbeatMs: 1, opening: encoder.encode("<"), closing: () => encoder.encode(">") }),
  );
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  assert.deepEqual([(await reader.read()).value, (await reader.read()).value], ["<", "."]);
  feed.push("a");
  feed.close();
  let rest = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) rest += next.value;
  assert.equal(rest.replaceAll(".", ""), "a>");
});

Deno.test("feedBody() forgets a reader that leaves while it waits", async () => {
  const feed = new Feed<string>();
  const reader = feedBody(feed, {}, shown()).getReader();
  const waiting = reader.read();
  assert.equal(feed.readers, 1);
  await reader.cancel();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.equal(feed.readers, 0);
});
