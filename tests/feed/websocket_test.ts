/** Feeds over a WebSocket, with Deno's own on both ends. */

import assert from "node:assert/strict";
import { Feed, type FeedSocket, feedSocket, sendFeed } from "../../lib/feed/mod.ts";

Deno.test("feedSocket() sends every record as a text frame of JSON, and closes with the feed", async () => {
  const feed = new Feed<number>({ epoch: "e", now: () => 5 });
  feed.push(1);
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => feedSocket(feed, request),
  );
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/?tail=1`);
  const frames: unknown[] = [];
  const two = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(data));
    if (frames.length === 1) feed.push(2);
    else two.resolve();
  };
  await two.promise;
  assert.deepEqual(frames, [{ id: "e-1", at: 5, value: 1 }, { id: "e-2", at: 5, value: 2 }]);
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  feed.close();
  assert.equal((await closed).code, 1001);
  assert.equal(feed.readers, 0);
});

Deno.test("feedSocket() forgets a reader that leaves", async () => {
  const gone = Promise.withResolvers<void>();
  const feed = new Feed<number>({ onReaders: (readers) => readers === 0 && gone.resolve() });
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => feedSocket(feed, request),
  );
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/?tail=1`);
  await new Promise((resolve) => socket.onopen = resolve);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await gone.promise;
  await closed;
});

Deno.test("sendFeed() gives a socket that takes nothing no more, and tells it afterwards what it has lost", async () => {
  const feed = new Feed<number>({ capacity: 2 });
  const sent: string[] = [];
  const socket = Object.assign(new EventTarget(), {
    bufferedAmount: 0,
    readyState: 1,
    send: (text: string) => {
      sent.push(text);
      socket.bufferedAmount = sent.length === 1 ? 100_000 : 0;
    },
    close: () => {},
  });
  const stuck: FeedSocket = socket as typeof socket & FeedSocket;
  const done = sendFeed(feed, stuck, { after: 0 });
  for (let value = 1; value <= 2; value++) feed.push(value);
  while (sent.length === 0) await Promise.resolve();
  for (let value = 3; value <= 10; value++) feed.push(value);
  assert.equal(sent.length, 1);
  socket.bufferedAmount = 0;
  feed.close();
  await done;
  assert.match(sent[1] ?? "", /^{"lost":7}$/);
  assert.equal(sent.length, 4);
});

Deno.test("sendFeed() sends frames of another shape, leaves out what has none, and closes as it is told", async () => {
  const feed = new Feed<number>({ capacity: 3 });
  for (const value of [1, 2, 3, 4]) feed.push(value);
  feed.close();
  const sent: unknown[] = [];
  const socket: FeedSocket = Object.assign(new EventTarget(), {
    bufferedAmount: 0,
    readyState: 1,
    send: (frame: unknown) => void sent.push(frame),
    close: (code?: number, reason?: string) => void sent.push([code, reason]),
  });
  await sendFeed(feed, socket, { after: 0 }, {
    frame: (item) =>
      item.kind === "lost"
        ? `lost ${item.count}`
        : item.record.value === 3
        ? undefined
        : Uint8Array.of(item.record.value),
    ended: { code: 1000, reason: "done" },
  });
  assert.deepEqual(sent, ["lost 1", Uint8Array.of(2), Uint8Array.of(4), [1000, "done"]]);
});
