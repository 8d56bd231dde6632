import assert from "node:assert/strict";
import fc from "fast-check";
import { Ip } from "../../../../lib/spop/codec/mod.ts";
import type { FormatOptions } from "../../../../lib/spop/policies/lists/format.ts";
import { MAX_LINE } from "../../../../lib/spop/policies/lists/lines.ts";
import { type List, type ListLimits, readList } from "../../../../lib/spop/policies/lists/list.ts";
import { PrefixTable } from "../../../../lib/spop/policies/prefixes/prefix_table.ts";
import { SourceFailed } from "../../../../lib/spop/policies/sources/source.ts";

const LIMITS: ListLimits = { maxEntries: 1000, minShare: 0.5, allowEmpty: true };

/** Chunks in one buffer that is used again, as files are read. */
async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
    await Promise.resolve();
  }
}

function read(
  text: string | Uint8Array,
  format: FormatOptions = {},
  limits: Partial<ListLimits> = {},
  before: List | undefined = undefined,
  size = 4096,
): Promise<List> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return readList("list.netset", chunksOf(bytes, size), format, { ...LIMITS, ...limits }, before);
}

async function scores(list: List, ...addresses: string[]): Promise<number[]> {
  const table = await PrefixTable.build([list.prefixes]);
  return addresses.map((address) => table.score(Ip.parse(address)));
}

Deno.test("readList() reads addresses, networks, ranges and comments of a netset", async () => {
  const text =
    "\ufeff# header\r\n\r\n  192.0.2.1  # one\r\n198.51.100.0/24;SBL1\n203.0.113.5-203.0.113.6\n2001:db8::/32";
  const list = await read(text, { score: 12 });
  assert.deepEqual([list.badLines, list.firstBadLine], [0, 0]);
  assert.deepEqual(
    await scores(list, "192.0.2.1", "198.51.100.9", "203.0.113.6", "203.0.113.7", "2001:db8::9"),
    [12, 12, 12, -1, 12],
  );
});

Deno.test("readList() reads the same however the bytes arrive", async () => {
  const line = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("", "# x", "nonsense", "1.2.3.4/8", "1.2.3.4-1.2.4.4"));
  await fc.assert(fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 50 }), async (lines, size) => {
    const text = lines.join("\n");
    const outcome = (size: number) =>
      read(text, {}, {}, undefined, size).then(
        (list) => [list.prefixes.count, list.badLines, list.firstBadLine],
        (thrown) => thrown.message,
      );
    assert.deepEqual(await outcome(size), await outcome(100_000));
  }));
});

Deno.test("readList() reads columns by number, with scores, and the list's own where there is none", async () => {
  const list = await read('192.0.2.1,10\n"192.0.2.2" , "20.9"\n192.0.2.3\n192.0.2.4,\n# no\n', {
    format: "csv",
    score: 50,
  });
  assert.equal(list.badLines, 0);
  assert.deepEqual(await scores(list, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"), [10, 20, 50, 50]);
});

Deno.test("readList() reads columns by the names of the header", async () => {
  const text = "score\tname\tnetwork\n7\ta\t192.0.2.0/24\n\tb\t198.51.100.0/24\n";
  const format = { format: "csv", prefixColumn: "network", scoreColumn: "score", delimiter: "\t", score: 3 } as const;
  assert.deepEqual(await scores(await read(text, format), "192.0.2.1", "198.51.100.1"), [7, 3]);
});

Deno.test("readList() refuses a CSV file without the columns", async () => {
  await assert.rejects(read("a,b\n1.2.3.4,5\n1.2.3.5,5\n", { format: "csv", prefixColumn: "ip" }), SourceFailed);
});

Deno.test("readList() leaves out and counts lines that are not what they should be", async () => {
  const bad = ["1.2.3.4,101", "1.2.3.4,-1", "1.2.3.4,x", '"1.2.3.4,5', '"1.2.3.4"x,5', "host,5", "1.2.3.4,5.x"];
  const good = Array.from({ length: 10 }, (_, index) => `192.0.2.${index},1`);
  const list = await read([...good, ...bad].join("\n"), { format: "csv" });
  assert.deepEqual([list.prefixes.count, list.badLines, list.firstBadLine], [10, bad.length, 11]);
});

Deno.test("readList() refuses what is mostly something else", async () => {
  await assert.rejects(read("<html>\n<body>Sorry</body>\n1.2.3.4\n</html>"), {
    message: 'Cannot read "list.netset": it is no such list: 3 lines could not be understood, the first is line 1',
  });
});

Deno.test("readList() refuses an empty list unless it is allowed", async () => {
  await assert.rejects(read("# nothing\n", {}, { allowEmpty: false }), /it has no entries/);
  assert.equal((await read("# nothing\n")).prefixes.count, 0);
});

Deno.test("readList() refuses too many entries before it has read them all", async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given++;
      yield new TextEncoder().encode("1.2.3.4\n".repeat(100));
      await Promise.resolve();
    }
  }
  await assert.rejects(readList("x", endless(), {}, LIMITS, undefined), /more than 1000 entries/);
  assert.ok(given <= 12, `${given}`);
});

Deno.test("readList() refuses a list that has shrunk too much, if it was no small one", async () => {
  const listOf = (count: number) =>
    Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index & 255}`).join("\n");
  const large = await read(listOf(200));
  await assert.rejects(read(listOf(99), {}, {}, large), /it has 99 entries and had 200 before/);
  assert.equal((await read(listOf(100), {}, {}, large)).prefixes.count, 100);
  assert.equal((await read(listOf(1), {}, { minShare: 0 }, large)).prefixes.count, 1);
  const small = await read(listOf(99));
  assert.equal((await read(listOf(1), {}, {}, small)).prefixes.count, 1);
});

Deno.test("readList() throws nothing but its own error, whatever it reads", async () => {
  const format = fc.constantFrom<FormatOptions>({}, { format: "csv" }, { format: "csv", prefixColumn: "a" });
  const text = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.constantFrom(..."0123456789abcdef:./-,\"'#;\n\r\t \0é")).map((all) =>
      new TextEncoder().encode(all.join(""))
    ),
  );
  await fc.assert(fc.asyncProperty(text, format, async (bytes, options) => {
    try {
      const list = await read(bytes, options);
      await PrefixTable.build([list.prefixes]);
    } catch (thrown) {
      assert.ok(thrown instanceof SourceFailed, String(thrown));
    }
  }));
});

Deno.test("readList() keeps no more of an endless line than its beginning", async () => {
  const list = await read(`1.2.3.4\n1.2.3.5 #${"x".repeat(MAX_LINE * 20)}\n1.2.3.6\n`);
  assert.deepEqual([list.prefixes.count, list.badLines], [3, 0]);
});
