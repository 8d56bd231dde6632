/** The words of a reply, against what HAProxy made of them. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { formatReply, InvalidReply, isUpSide, parseReply, readReply, type Reply } from "../../lib/agent/reply.ts";
import { anyText, wordsOnly } from "./arbitrary.ts";

const CAPTURE = new URL("../captures/3.2/agent_check_replies.txt", import.meta.url);

/** What HAProxy 3.2 showed of a server after each reply; the server's weight was 100, its maxconn 77. */
async function captured(): Promise<{ line: string; shown: Record<string, string> }[]> {
  const lines = (await Deno.readTextFile(CAPTURE)).trimEnd().split("\n");
  return lines.flatMap((text, index) => {
    const repr = /agent sends b'(.*)'$/.exec(text)?.[1];
    if (repr === undefined) return [];
    const pairs = (lines[index + 1] ?? "").matchAll(/(\w+)=(?:'([^']*)'|(\S*))/g);
    const shown = Object.fromEntries([...pairs].map(([, key = "", quoted, bare = ""]) => [key, quoted ?? bare]));
    return [{ line: unescape(repr), shown }];
  });
}

/** A Python byte string's text. */
function unescape(repr: string): string {
  const letters: Record<string, string> = { n: "\n", r: "\r", t: "\t", "'": "'", "\\": "\\" };
  return repr.replace(
    /\\(?:x([0-9a-f]{2})|(.))/g,
    (_, hex: string | undefined, letter: string) =>
      hex === undefined ? letters[letter] ?? letter : String.fromCharCode(parseInt(hex, 16)),
  );
}

/** What HAProxy would show of such a server. */
function predicted(line: string): Record<string, string> {
  const { reply, unknown, warnings } = parseReply(line);
  const { health, admin, weight, maxconn, text } = reply;
  const isDown = health !== undefined && health !== "up";
  const note = text ?? (health === "up" || !isDown ? unknown[0] ?? warnings[0] : undefined);
  const problem = unknown[0] === undefined ? warnings[0] : `agent reports an error : ${unknown[0]}`;
  return {
    status: admin === "maint" ? "MAINT" : isDown ? "DOWN (agent)" : admin === "drain" ? "DRAIN (agent)" : "no check",
    weight: String(weight === undefined ? 100 : "percent" in weight ? Math.min(256, weight.percent) : weight.absolute),
    slim: maxconn === undefined ? "77" : maxconn === 0 ? "" : String(maxconn),
    last_agt: health === undefined
      ? (problem ?? "").replace(/^(?!agent |Ignoring |$)/, "agent warns : ")
      : `via agent : ${health}${note === undefined ? "" : ` (${note})`}`,
  };
}

Deno.test("parseReply() reads every captured reply as HAProxy 3.2 did", async () => {
  const all = await captured();
  assert.ok(all.length > 45, `${all.length} replies`);
  for (const { line, shown } of all) {
    const said = predicted(line);
    for (const [key, value] of Object.entries(said)) {
      const real = (shown[key] ?? "").replace(/ \)$/, ")").toLowerCase();
      assert.equal(value.toLowerCase(), real, `${key} after ${JSON.stringify(line)}`);
    }
  }
});

Deno.test("parseReply() reads back what formatReply() has written", () => {
  fc.assert(fc.property(wordsOnly, (reply) => {
    assert.deepEqual(parseReply(formatReply(reply)), { reply, unknown: [], warnings: [] });
  }));
});

Deno.test("formatReply() keeps any text to one line that HAProxy shows whole", () => {
  fc.assert(fc.property(wordsOnly, fc.constantFrom("up", "down", "fail", "stopped"), anyText, (words, health, text) => {
    const line = formatReply({ ...words, health, text });
    const { reply, unknown, warnings } = parseReply(line);
    assert.deepEqual([unknown, warnings], [[], []]);
    const { text: shown = "", ...others } = reply;
    assert.deepEqual(others, { ...words, health });
    assert.match(line, /^[^\p{Cc}]+\n$/u);
    assert.ok(new TextEncoder().encode(`via agent : ${health} (${shown})`).length <= 127);
    assert.ok(text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim().startsWith(shown));
  }));
});

Deno.test("parseReply() takes anything", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { reply, unknown, warnings } = parseReply(text);
      // What it understood can be said again, unless it is nothing, or a number that HAProxy cuts off.
      const isSayable = Object.keys(reply).length > 0 && (reply.maxconn ?? 0) < 2 ** 31;
      if (isSayable) assert.deepEqual(parseReply(formatReply(reply)).reply, { ...reply });
      assert.ok(unknown.every((word) => word !== "" && !/[ \t,\r\n]/.test(word)));
      assert.ok(warnings.length <= 2);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("formatReply() orders the words as HAProxy applies them", () => {
  const reply: Reply = { text: "all", health: "up", maxconn: 50, weight: { percent: 100 }, admin: "ready" };
  assert.equal(formatReply(reply), "ready 100% maxconn:50 up # all\n");
  assert.equal(formatReply({ weight: { absolute: 30 } }), "weight:30\n");
  assert.equal(formatReply({ admin: "maint", text: "not shown without a health word" }), "maint\n");
});

Deno.test("formatReply() says failed, and no text, in the seed's words", () => {
  assert.equal(formatReply({ health: "fail", text: "no" }, "seed"), "failed\n");
  assert.equal(formatReply({ health: "down", text: "no" }, "seed"), "down\n");
});

const REFUSED: readonly (readonly [Reply, RegExp])[] = [
  [{}, /it has no word/],
  [{ text: "only" }, /it has no word/],
  [{ weight: { percent: -1 } }, /weight is "-1" and must be a whole number from 0 to 25600/],
  [{ weight: { percent: 0.5 } }, /weight is "0.5"/],
  [{ weight: { absolute: 257 } }, /from 0 to 256/],
  [{ maxconn: Number.NaN }, /maxconn is "NaN"/],
];
for (const [reply, why] of REFUSED) {
  Deno.test(`formatReply() refuses ${JSON.stringify(reply)}`, () => {
    assert.throws(() => formatReply(reply), (thrown) => thrown instanceof InvalidReply && why.test(thrown.message));
  });
}

Deno.test("readReply() takes what HAProxy takes, and says what it would not", () => {
  assert.deepEqual(readReply("drain 10% # slow"), { admin: "drain", weight: { percent: 10 } });
  for (const words of ["failed", "up#x", "50", "maxconn:many", "10%x", "weight:300", "", "up\0"]) {
    assert.throws(() => readReply(words), InvalidReply, words);
  }
});

Deno.test("isUpSide() knows what keeps traffic away", () => {
  assert.deepEqual(
    [{ health: "up" }, { admin: "ready" }, { health: "stopped" }, { admin: "maint", health: "up" }].map((reply) =>
      isUpSide(reply as Reply)
    ),
    [true, true, false, false],
  );
});
