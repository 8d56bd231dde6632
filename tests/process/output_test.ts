import assert from "node:assert/strict";
import { type Chunk, Output } from "../../lib/process/output.ts";

/** A pipe by hand, and how it is written to. */
function pipe(): {
  readonly readable: ReadableStream<Chunk>;
  readonly controller: () => ReadableByteStreamController;
  readonly close: () => void;
} {
  let made: ReadableByteStreamController | undefined;
  const readable: ReadableStream<Chunk> = new ReadableStream({
    type: "bytes",
    start: (controller) => {
      made = controller;
    },
  });
  return {
    readable,
    controller: () => {
      assert.ok(made);
      return made;
    },
    close: () => {
      made?.close();
      // A read that waits hears of it only so.
      made?.byobRequest?.respond(0);
    },
  };
}

Deno.test("Output keeps the newest bytes only, and a reader that was too slow is told", async () => {
  const { readable, controller, close } = pipe();
  const output = new Output([readable], { replayBytes: 1000 });
  const reader = output.feed.read({ after: 0 });
  for (let at = 0; at < 50; at++) {
    controller().enqueue(new Uint8Array(100).fill(at));
    // Read before the next comes: the pipe hands on what it has at once.
    while (output.feed.lastId < at + 1) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  close();
  await output.finish(1000);
  const kept = output.feed.latest().reduce((sum, { value }) => sum + value.buffer.byteLength, 0);
  assert.ok(kept <= 1000, `${kept} bytes are kept`);
  assert.deepEqual((await reader.next()).value, { kind: "lost", count: 40 });
});

Deno.test("Output.finish() closes the feed behind the last byte", async () => {
  const { readable, controller, close } = pipe();
  const output = new Output([readable]);
  const finished = output.finish(10_000);
  controller().enqueue(new Uint8Array([1, 2]));
  controller().enqueue(new Uint8Array([3]));
  close();
  await finished;
  assert.deepEqual(output.feed.latest().flatMap(({ value }) => [...value]), [1, 2, 3]);
  assert.ok(output.feed.isClosed);
});

Deno.test("Output.finish() does not wait for a pipe that stays open longer than it is told", async () => {
  const { readable, controller } = pipe();
  const output = new Output([readable]);
  controller().enqueue(new Uint8Array([1]));
  await output.finish(20);
  assert.ok(output.feed.isClosed);
  assert.equal(output.feed.lastId, 1);
});

Deno.test("Output takes a pipe that breaks as its end", async () => {
  const { readable, controller } = pipe();
  const output = new Output([readable]);
  controller().enqueue(new Uint8Array([1]));
  while (output.feed.lastId < 1) await new Promise((resolve) => setTimeout(resolve, 0));
  controller().error(new Error("broken"));
  await output.finish(10_000);
  assert.equal(output.feed.lastId, 1);
});
