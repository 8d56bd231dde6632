/** What every store does, in memory and in a file. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Change,
  InvalidEntry,
  memoryStore,
  openStore,
  RevisionConflict,
  type Store,
  StoreClosed,
} from "../../lib/store/mod.ts";

interface MakeOptions {
  readonly history?: number;
  readonly now?: () => number;
}

/** A store of each kind; the file's directory goes with it. */
const KINDS: Readonly<Record<string, (options: MakeOptions) => Promise<Store>>> = {
  memoryStore: (options) => Promise.resolve(memoryStore(options)),
  async openStore(options) {
    const directory = await Deno.makeTempDir();
    const store = await openStore({ directory, ...options });
    const close = store[Symbol.asyncDispose].bind(store);
    let isThere = true;
    store[Symbol.asyncDispose] = async () => {
      await close();
      if (isThere) await Deno.remove(directory, { recursive: true });
      isThere = false;
    };
    return store;
  },
};

type Act = (make: (options?: MakeOptions) => Promise<Store>) => Promise<void>;

function onEach(name: string, act: Act): void {
  for (const [kind, make] of Object.entries(KINDS)) {
    Deno.test(`${kind}() ${name}`, () => act((options = {}) => make(options)));
  }
}

/** The next changes of a watch, as words. */
async function take(changes: AsyncIterator<Change, undefined>, count: number): Promise<string[]> {
  const words: string[] = [];
  while (words.length < count) {
    const { value } = await changes.next();
    words.push(value === undefined ? "end" : wordOf(value));
  }
  return words;
}

function wordOf(change: Change): string {
  if (change.kind === "reset") return `reset ${change.revision}`;
  const value = change.kind === "put" ? ` ${JSON.stringify(change.entry.value)}` : "";
  return `${change.revision} ${change.kind} ${change.key}${value}`;
}

onEach("gives back what was put, with one counter of revisions for all keys", async (make) => {
  await using store = await make({ now: () => 1000 });
  const value = { list: [1, "zwölf", null], deep: { yes: true } };
  assert.equal((await store.put("a", 1)).revision, 1);
  assert.deepEqual(await store.put("b", value), { key: "b", value, revision: 2, updated_at: 1000 });
  assert.equal((await store.put("a", 2)).revision, 3);
  assert.deepEqual(await store.get("b"), { key: "b", value, revision: 2, updated_at: 1000 });
  assert.equal(await store.get("c"), undefined);
});

onEach("keeps its own copy of a value", async (make) => {
  await using store = await make();
  const value = { ports: [1] };
  await store.put("a", value);
  value.ports.push(2);
  assert.deepEqual((await store.get("a"))?.value, { ports: [1] });
});

onEach("changes a key only at the revision that was expected", async (make) => {
  await using store = await make();
  await store.put("a", 1, { expected: 0 });
  const conflict = (thrown: unknown) => thrown instanceof RevisionConflict && thrown.actual === 1;
  await assert.rejects(store.put("a", 2, { expected: 0 }), conflict);
  await assert.rejects(store.put("a", 2, { expected: 7 }), conflict);
  await assert.rejects(store.delete("a", { expected: 2 }), conflict);
  await assert.rejects(store.put("b", 2, { expected: 1 }), {
    code: "revision_conflict",
    message: 'Cannot change "b" in the store: it is not there and must have revision 1',
  });
  assert.equal((await store.put("a", 2, { expected: 1 })).revision, 2);
  assert.equal(await store.delete("a", { expected: 2 }), true);
  assert.equal((await store.put("a", 3, { expected: 0 })).revision, 4);
});

onEach("lets one of many who expect the same win", async (make) => {
  await using store = await make();
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => store.put("lock", at, { expected: 0 })));
  assert.deepEqual(all.filter(({ status }) => status === "fulfilled").length, 1);
});

onEach("says whether there was something to delete", async (make) => {
  await using store = await make();
  await store.put("a", 1);
  assert.deepEqual([await store.delete("a"), await store.delete("a")], [true, false]);
  assert.equal((await store.list("")).revision, 2, "what was not there is no change");
});

onEach("lists what begins with a prefix, in order, with the newest revision", async (make) => {
  await using store = await make();
  for (const key of ["s/b", "s/a", "t", "s/%", "s/_x", "s", "s/é", "s/😀", "r"]) await store.put(key, key);
  const { revision, entries } = await store.list("s/");
  assert.deepEqual(entries.map(({ key }) => key), ["s/%", "s/_x", "s/a", "s/b", "s/é", "s/😀"]);
  assert.equal(revision, 9);
  assert.equal((await store.list("")).entries.length, 9);
});

onEach("lets an entry go when its time is over, and another put keeps it", async (make) => {
  let time = 1000;
  await using store = await make({ now: () => time });
  assert.equal((await store.put("lease", 1, { ttlMs: 500 })).expires_at, 1500);
  await store.put("kept", 1, { ttlMs: 500 });
  await store.put("kept", 1);
  time = 1499;
  assert.ok(await store.get("lease"));
  time = 1500;
  assert.equal(await store.get("lease"), undefined);
  assert.deepEqual((await store.list("")).entries.map(({ key }) => key), ["kept"]);
  assert.equal((await store.put("lease", 2, { expected: 0 })).revision, 5, "its end was a change");
});

onEach("tells a watch every change below its prefix, in order", async (make) => {
  await using store = await make();
  await store.put("s/old", 0);
  const changes = store.watch("s/");
  await store.put("s/a", 1);
  await store.put("t", 1);
  await store.put("s/a", { two: 2 });
  await store.delete("s/a");
  assert.deepEqual(await take(changes, 3), ["2 put s/a 1", '4 put s/a {"two":2}', "5 deleted s/a"]);
  const next = take(changes, 1);
  await store.put("s/late", 1);
  assert.deepEqual(await next, ["6 put s/late 1"]);
  await changes.return?.();
});

onEach("tells a watch when an entry's time is over", async (make) => {
  await using store = await make();
  const changes = store.watch("");
  await store.put("lease", 1, { ttlMs: 20 });
  assert.deepEqual(await take(changes, 2), ["1 put lease 1", "2 expired lease"]);
  await changes.return?.();
});

onEach("resumes a watch behind a revision, and a listing misses nothing", async (make) => {
  await using store = await make();
  const { revision: empty } = await store.list("");
  for (const key of ["a", "b", "c"]) await store.put(key, key);
  const { revision } = await store.list("");
  await store.put("d", "d");
  const [all, rest] = [store.watch("", { after: empty }), store.watch("", { after: revision })];
  assert.deepEqual(await take(all, 4), ['1 put a "a"', '2 put b "b"', '3 put c "c"', '4 put d "d"']);
  assert.deepEqual(await take(rest, 1), ['4 put d "d"']);
  await Promise.all([all.return?.(), rest.return?.()]);
});

onEach("tells a watch to list again where its history does not reach", async (make) => {
  await using store = await make({ history: 3 });
  for (let at = 1; at <= 6; at++) await store.put("k", at);
  const [reached, lost, ahead] = [3, 2, 7].map((after) => store.watch("", { after }));
  assert.ok(reached && lost && ahead);
  assert.deepEqual(await take(reached, 3), ["4 put k 4", "5 put k 5", "6 put k 6"]);
  assert.deepEqual(await take(lost, 1), ["reset 6"]);
  assert.deepEqual(await take(ahead, 1), ["reset 6"]);
  await store.put("k", 7);
  assert.deepEqual(await take(lost, 1), ["7 put k 7"], "it goes on behind the reset");
  await Promise.all([reached, lost, ahead].map((one) => one.return?.()));
});

onEach("ends a watch with its signal, with return() while it waits, and with the store", async (make) => {
  await using store = await make();
  const stop = new AbortController();
  const [bySignal, byReturn, byStore] = [store.watch("", { signal: stop.signal }), store.watch(""), store.watch("")];
  const ends = Promise.all([take(bySignal, 1), take(byReturn, 1), take(byStore, 1)]);
  stop.abort();
  await byReturn.return?.();
  await store[Symbol.asyncDispose]();
  assert.deepEqual(await ends, [["end"], ["end"], ["end"]]);
});

/** Keys and values that are not kept, and why. */
const REFUSED: readonly (readonly [key: string, value: unknown, why: RegExp])[] = [
  ["", 1, /^Cannot keep "" in the store: its key is empty$/],
  ["a\nb", 1, /^Cannot keep "a\\nb" in the store: its key holds control characters$/],
  ["\u{10ffff}", 1, /its key holds control characters$/],
  ["\ud800", 1, /its key holds control characters$/],
  ["k".repeat(513), 1, /its key is longer than 512 characters$/],
  ["a", undefined, /^Cannot keep "a" in the store: its value is no JSON$/],
  ["a", 1n, /its value is no JSON: /],
  ["a", "é".repeat(131_072), /its value is larger than 262144 bytes$/],
];

onEach("refuses keys and values that cannot be kept", async (make) => {
  await using store = await make();
  for (const [key, value, why] of REFUSED) {
    await assert.rejects(store.put(key, value), (thrown) => thrown instanceof InvalidEntry && why.test(thrown.message));
  }
  await assert.rejects(store.put("a", 1, { ttlMs: 0 }), InvalidEntry);
  assert.equal((await store.list("")).revision, 0);
});

onEach("says that it is closed", async (make) => {
  const store = await make();
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await assert.rejects(store.get("a"), StoreClosed);
  await assert.rejects(store.put("a", 1), StoreClosed);
  assert.throws(() => store.watch(""), StoreClosed);
});

/** What may be done to a store. */
const deed = fc.oneof(
  fc.record({ act: fc.constant("put" as const), key: fc.constantFrom("a", "b", "a/c"), value: fc.jsonValue() }),
  fc.record({ act: fc.constant("delete" as const), key: fc.constantFrom("a", "b", "a/c") }),
);

onEach("can be rebuilt by a watch from any of its revisions", async (make) => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 20 }), fc.nat(20), async (deeds, at) => {
      await using store = await make();
      const model = new Map<string, unknown>();
      let start = await store.list("");
      for (const [index, one] of deeds.entries()) {
        if (index === at) start = await store.list("");
        if (one.act === "put") await store.put(one.key, one.value);
        else await store.delete(one.key);
      }
      for (const { key, value } of start.entries) model.set(key, value);
      const end = await store.list("");
      const changes = store.watch("", { after: start.revision });
      for (let seen = start.revision; seen < end.revision;) {
        const { value: change } = await changes.next();
        assert.ok(change && change.revision === seen + 1, "each once, in order");
        seen = change.revision;
        if (change.kind === "put") model.set(change.key, change.entry.value);
        else if (change.kind === "deleted") model.delete(change.key);
      }
      await changes.return?.();
      assert.deepEqual(end.entries.map(({ key, value }) => [key, value]), [...model].sort());
    }),
    { numRuns: 30 },
  );
});
