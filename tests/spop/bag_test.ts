import assert from "node:assert/strict";
import fc from "fast-check";
import { Bag, type Placed } from "../../lib/spop/bag.ts";

Deno.test("Bag holds what a Set would, whatever is added and removed", () => {
  fc.assert(fc.property(fc.array(fc.nat(7)), (picks) => {
    const things = Array.from({ length: 8 }, (): Placed => ({ place: 0 }));
    const bag = new Bag<Placed>();
    const set = new Set<Placed>();
    for (const pick of picks) {
      const thing = things[pick];
      assert.ok(thing !== undefined);
      assert.equal(bag.remove(thing), set.delete(thing));
      // Every other time it comes back.
      if (!set.has(thing) && pick % 2 === set.size % 2) {
        bag.add(thing);
        set.add(thing);
      }
      assert.equal(bag.size, set.size);
    }
    assert.deepEqual(new Set(bag.drain()), set);
    assert.equal(bag.size, 0);
  }));
});

Deno.test("Bag.drain() takes out what comes meanwhile as well, and leaves out what went", () => {
  const [first, second, third] = [0, 1, 2].map((name) => ({ place: 0, name }));
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const bag = new Bag<typeof first>();
  bag.add(first);
  bag.add(second);
  const taken: number[] = [];
  for (const { name } of bag.drain()) {
    taken.push(name);
    if (name !== second.name) continue;
    bag.remove(first);
    bag.add(third);
  }
  assert.deepEqual(taken, [1, 2]);
});

Deno.test("Bag.remove() of what clear() has taken out removes nothing else", () => {
  const bag = new Bag<Placed>();
  const [old, young] = [{ place: 0 }, { place: 0 }];
  bag.add(old);
  bag.clear();
  bag.add(young);
  assert.equal(bag.remove(old), false);
  assert.equal(bag.size, 1);
});
