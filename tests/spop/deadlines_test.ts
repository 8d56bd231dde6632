import assert from "node:assert/strict";
import fc from "fast-check";
import { Deadlines, Timed } from "../../lib/spop/deadlines.ts";

class Task extends Timed {
  expired = 0;
  readonly over = Promise.withResolvers<void>();
  override expire(): void {
    this.expired++;
    this.over.resolve();
  }
}

Deno.test("Deadlines expires what is not removed, each at its time, and nothing else", async () => {
  const deadlines = new Deadlines(20);
  const start = performance.now();
  const tasks = [0, 5, 10].map((after) => {
    const task = new Task();
    deadlines.add(task, start + after);
    return task;
  });
  const [first, second, third] = tasks;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  deadlines.remove(second);
  await third.over.promise;
  assert.ok(performance.now() - start >= 28);
  assert.deepEqual(tasks.map((task) => task.expired), [1, 0, 1]);
});

Deno.test("Deadlines expires exactly those that are left, in whatever order others are removed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 30 }), fc.nat(30), async (picks, kept) => {
      const deadlines = new Deadlines(0);
      const tasks = picks.map(() => new Task());
      for (const task of tasks) deadlines.add(task, performance.now());
      const gone = picks.slice(kept).map((pick) => tasks[pick % tasks.length]);
      // Twice, for what is done may be removed again.
      for (const task of [...gone, ...gone]) if (task !== undefined) deadlines.remove(task);
      const left = tasks.filter((task) => !gone.includes(task));
      await Promise.all(left.map((task) => task.over.promise));
      for (const task of tasks) assert.equal(task.expired, left.includes(task) ? 1 : 0);
      deadlines.stop();
    }),
    { numRuns: 50 },
  );
});

Deno.test("Deadlines that were stopped take up new work, whatever becomes of the old", async () => {
  const deadlines = new Deadlines(5);
  const old = [new Task(), new Task(), new Task()];
  for (const task of old) deadlines.add(task, performance.now());
  deadlines.stop();
  const task = new Task();
  deadlines.add(task, performance.now());
  for (const one of old) deadlines.remove(one);
  await task.over.promise;
  assert.deepEqual(old.map((one) => one.expired), [0, 0, 0]);
});
