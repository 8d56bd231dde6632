import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeAnswer, encodeQuestion } from "../../../../lib/services/sources/dns/message.ts";

const QUESTION = encodeQuestion(0x0102, "a.test.", "A");

/** An answer with these records behind the question. */
function answer(
  records: readonly number[],
  count: number,
  flags: readonly [number, number] = [0x81, 0x80],
): Uint8Array {
  const bytes = Uint8Array.from([...QUESTION, ...records]);
  bytes.set(flags, 2);
  bytes[7] = count;
  return bytes;
}

/** The name of the question, by a pointer. */
const NAME = [0xc0, 12];
const ADDRESS = [...NAME, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1];
const ALIAS = [...NAME, 0, 5, 0, 1, 0, 0, 0, 30, 0, 4, 1, 0x62, 0xc0, 14];

Deno.test("encodeQuestion() writes a question as RFC 1035 has it", () => {
  assert.deepEqual([...QUESTION], [
    ...[1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    ...[1, 0x61, 4, 0x74, 0x65, 0x73, 0x74, 0, 0, 1, 0, 1],
  ]);
  for (const name of ["", "a..b", "a".repeat(64), "a.".repeat(128)]) {
    assert.throws(() => encodeQuestion(1, name, "A"), /it is no name of DNS/);
  }
});

Deno.test("decodeAnswer() reads addresses behind an alias; the shortest time counts", () => {
  assert.deepEqual(decodeAnswer(answer([...ALIAS, ...ADDRESS], 2), QUESTION, "a.test", "A"), {
    records: [{ type: "A", address: "10.0.0.1" }],
    ttl: 30,
  });
});

Deno.test("decodeAnswer() does not take what answers somebody else", () => {
  const good = answer(ADDRESS, 1);
  for (const [at, byte] of [[0, 9], [2, 0x01], [13, 0x62], [22, 28]] as const) {
    const other = good.slice();
    other[at] = byte;
    assert.equal(decodeAnswer(other, QUESTION, "a.test", "A"), undefined, `byte ${at}`);
  }
  const upper = good.slice();
  upper[13] = 0x41;
  assert.notEqual(decodeAnswer(upper, QUESTION, "a.test", "A"), undefined);
});

Deno.test("decodeAnswer() knows what could not be said from what is not there", () => {
  const decode = (code: number) => decodeAnswer(answer([], 0, [0x81, 0x80 | code]), QUESTION, "a.test", "A");
  assert.deepEqual([decode(0), decode(3)], [{ records: [] }, { records: [] }]);
  assert.throws(() => decode(2), /answered SERVFAIL/);
  assert.throws(() => decode(5), /answered REFUSED/);
  assert.throws(() => decode(9), /answered code 9/);
  assert.equal(decodeAnswer(answer([], 0, [0x83, 0x80]), QUESTION, "a.test", "A"), "truncated");
});

Deno.test("decodeAnswer() ends on any bytes, with records or an error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 5 }), (bytes, count) => {
    try {
      const found = decodeAnswer(answer([...bytes], count), QUESTION, "a.test", "A");
      assert.ok(found !== undefined && found !== "truncated" && found.records.length <= count);
    } catch (thrown) {
      assert.match(String(thrown), /what its server answered is no DNS/);
    }
  }));
});
