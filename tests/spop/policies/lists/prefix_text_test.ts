import assert from "node:assert/strict";
import fc from "fast-check";
import { Cidr, Ip } from "../../../../lib/spop/codec/mod.ts";
import { PrefixText } from "../../../../lib/spop/policies/lists/prefix_text.ts";
import { PrefixSet } from "../../../../lib/spop/policies/prefixes/prefix_set.ts";
import { PrefixTable } from "../../../../lib/spop/policies/prefixes/prefix_table.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** What `PrefixText` reads, as text; `undefined` when it reads nothing. */
function read(text: string): string | undefined {
  const bytes = encode(`<${text}>`);
  const prefix = new PrefixText();
  if (!prefix.read(bytes, 1, bytes.length - 1)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = prefix.words;
  return String(new Cidr(prefix.version === 4 ? Ip.v4(a) : Ip.v6(a, b, c, d), prefix.length));
}

/** What the codec reads, as text. */
function expected(text: string): string | undefined {
  try {
    return String(Cidr.parse(text));
  } catch {
    return undefined;
  }
}

Deno.test("PrefixText reads every address as the codec does", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(fc.property(address, fc.option(fc.nat(140)), (ip, prefix) => {
    const text = prefix === null ? ip : `${ip}/${prefix}`;
    assert.equal(read(text), expected(text), text);
  }));
});

Deno.test("PrefixText reads and refuses what the codec reads and refuses", () => {
  const piece = fc.constantFrom(
    ":",
    "::",
    ".",
    "0",
    "1",
    "255",
    "256",
    "01",
    "f",
    "ABCD",
    "12345",
    "/",
    "32",
    "129",
    "g",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 17 }), (pieces) => {
      const text = pieces.join("");
      assert.equal(read(text), expected(text), text);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("PrefixText reads the odd but good, and refuses the almost good", () => {
  for (const text of ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4"]) {
    assert.equal(read(text), expected(text), text);
    assert.notEqual(read(text), undefined, text);
  }
  const wrong = [
    "",
    ":",
    ":::",
    "1:",
    ":1",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1.2.3",
    "1.2.3.4.5",
  ];
  for (const text of [...wrong, "1.2.3.4/", "1.2.3.4/33", "::/129", "::/-1", "1.2.3.04", "1.2.3.4/ 8", "::1.2.3.4:5"]) {
    assert.equal(read(text), undefined, text);
  }
});

/** The scores of some addresses after a range was added. */
async function scoresOf(range: string, addresses: readonly Ip[]): Promise<number[] | undefined> {
  const set = new PrefixSet();
  const bytes = encode(range);
  if (!new PrefixText().addTo(bytes, 0, bytes.length, 1, set)) {
    assert.equal(set.count, 0);
    return undefined;
  }
  assert.ok(set.count <= 254);
  const table = await PrefixTable.build([set]);
  return addresses.map((address) => table.score(address));
}

Deno.test("PrefixText adds a range as all addresses from one to the other, and no more", async () => {
  const word = fc.oneof(fc.constantFrom(0, 1, 0xffffffff, 0xfffffffe, 0x80000000), fc.nat(0xffffffff));
  const ip4 = word.map((one) => Ip.v4(one));
  // Not in ::/32, where IPv4-mapped addresses are.
  const ip6 = fc.tuple(word, word, word, word).map(([a, b, c, d]) => Ip.v6(a === 0 ? 1 : a, b, c, d));
  const pair = fc.oneof(fc.tuple(ip4, ip4, ip4), fc.tuple(ip6, ip6, ip6));
  await fc.assert(fc.asyncProperty(pair, async ([first, last, other]) => {
    const scores = await scoresOf(`${first} - ${last}`, [first, last, other]);
    const [from, to, at] = [first.toBigInt(), last.toBigInt(), other.toBigInt()];
    assert.deepEqual(scores, to < from ? undefined : [1, 1, at >= from && at <= to ? 1 : -1]);
  }));
});

Deno.test("PrefixText refuses ranges of two versions, and half ones", async () => {
  for (const range of ["1.2.3.4-::1", "1.2.3.4-", "-1.2.3.4", "1.2.3.0/24-1.2.4.0/24", "1.2.3.4-1.2.3.5-1.2.3.6"]) {
    assert.equal(await scoresOf(range, []), undefined, range);
  }
});
