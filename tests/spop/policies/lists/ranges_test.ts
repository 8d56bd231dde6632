import assert from "node:assert/strict";
import fc from "fast-check";
import { Ip } from "../../../../lib/spop/codec/mod.ts";
import { addRange6 } from "../../../../lib/spop/policies/lists/ranges.ts";
import { LENGTH_SHIFT, PrefixSet } from "../../../../lib/spop/policies/prefixes/prefix_set.ts";

/** The addresses of a range as prefixes: where each begins and how many it has. */
function blocksOf(first: bigint, last: bigint): { from: bigint; size: bigint }[] | undefined {
  const set = new PrefixSet();
  if (!addRange6(wordsOf(first), wordsOf(last), 7, set)) return undefined;
  set.trim();
  return set.v6.blocks.flatMap(({ words, tags, count }) =>
    Array.from({ length: count }, (_, index) => {
      const [a = 0, b = 0, c = 0, d = 0] = words.subarray(index * 4, index * 4 + 4);
      const length = (tags[index] ?? 0) >>> LENGTH_SHIFT;
      return { from: Ip.v6(a, b, c, d).toBigInt(), size: 1n << BigInt(128 - length) };
    })
  );
}

function wordsOf(address: bigint): Uint32Array {
  return Uint32Array.from([96n, 64n, 32n, 0n], (shift) => Number(address >> shift & 0xffffffffn));
}

const LAST = (1n << 128n) - 1n;

/** Addresses near the places where words end, and far from IPv4-mapped ones. */
const address = fc.tuple(fc.bigInt(0n, LAST), fc.constantFrom(0n, 31n, 32n, 33n, 64n, 96n, 127n), fc.nat(3)).map(
  ([any, bits, more]) => {
    const near = (any >> bits << bits) + BigInt(more) - 1n | 1n << 127n;
    return near < 0n ? 0n : near > LAST ? LAST : near;
  },
);

Deno.test("addRange6() makes blocks that lie side by side from the first address to the last", () => {
  fc.assert(fc.property(address, address, (a, b) => {
    const [first, last] = a < b ? [a, b] : [b, a];
    let next = first;
    for (const { from, size } of blocksOf(first, last) ?? []) {
      assert.equal(from, next);
      assert.equal(from % size, 0n, "a prefix begins at a multiple of its size");
      next = from + size;
    }
    assert.equal(next, last + 1n);
  }));
});

Deno.test("addRange6() makes as few blocks as there can be, and ends at the last address there is", () => {
  assert.equal(blocksOf(0n, LAST)?.length, 1);
  assert.equal(blocksOf(1n << 127n, LAST)?.length, 1);
  assert.equal(blocksOf(1n, LAST)?.length, 128);
  assert.equal(blocksOf(1n, LAST - 1n)?.length, 254);
  assert.equal(blocksOf(LAST, LAST)?.length, 1);
  assert.equal(blocksOf(2n, 1n), undefined);
});
