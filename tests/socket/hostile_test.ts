/** Hostile values arrive in every HAProxy as they are, whatever way they take. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cli, Socket } from "../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

const WITH_MASTER = { ...REALISTIC, master: true };

/** Values that have a meaning to HAProxy's CLI, its master, its prompt, or to a parser on the way. */
const value = fc.oneof(
  fc.constantFrom(
    "a;b",
    ";",
    "\\",
    "\\\\",
    "a\\",
    "#",
    "#1",
    '"',
    "'",
    "<<",
    "<<EOF",
    "@1",
    "@!1 x",
    "@@1",
    "> ",
    "master> ",
    "[3]: x",
    "admin",
    "quit",
    "prompt;quit",
    " ",
    "\t",
    " leading",
    "trailing ",
    "é€😀",
    "\u00a0",
    "\u2028",
    "\ufeff",
    "\x01\x1b[0m\x7f",
    "x".repeat(4096),
    "; \\<".repeat(1024),
    "€".repeat(1365),
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
  fc.array(fc.constantFrom(" ", "\t", ";", "\\", "#", '"', "'", "<", "@", "a", "é"), { minLength: 1, maxLength: 40 })
    .map((parts) => parts.join("")),
).filter((text) => !/[\r\n\0]/.test(text) && text.isWellFormed());

/** The values that a map holds under the keys `k0`, `k1`, ... */
function valuesIn(shown: string): string[] {
  const values: string[] = [];
  for (const [, key = "", value = ""] of shown.matchAll(/^0x[0-9a-f]+ k(\d+) ([^\n]*)$/gm)) {
    values[Number(key)] = value;
  }
  return values;
}

testEachHaproxy("any value reaches HAProxy as it is", WITH_MASTER, async (haproxy) => {
  await using worker = new Socket(haproxy.socketPath);
  await using master = new Socket(haproxy.masterSocketPath, { master: "worker" });
  const map = haproxy.file("hosts.map");
  const ways: Readonly<Record<string, (lines: readonly string[]) => Promise<void>>> = {
    "one by one": async (lines) => {
      for (const line of lines) assert.equal(await worker.send(line), "\n");
    },
    "on a session": async (lines) => {
      const answers = await Promise.all(lines.map((line) => worker.send(line, { reuse: true })));
      for (const answer of answers) assert.equal(answer, "\n");
    },
    "in a batch": async (lines) => {
      for (const answer of await worker.batch(lines)) assert.deepEqual(answer, { ok: true, text: "\n" });
    },
    "through the master": async (lines) => {
      for (const answer of await master.batch(lines)) assert.deepEqual(answer, { ok: true, text: "\n" });
    },
  };
  for (const [way, run] of Object.entries(ways)) {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 8 }), async (values) => {
        await worker.send(`clear map ${map}`);
        await run(values.map((text, index) => cli`add map ${map} ${`k${index}`} ${text}`));
        assert.deepEqual(valuesIn(await worker.send(`show map ${map}`)), values, way);
        assert.deepEqual(valuesIn(await worker.send(`show map ${map}`, { reuse: true })), values, way);
      }),
      { numRuns: 60 },
    );
  }
});

testEachHaproxy("any key is found again", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const acl = haproxy.file("deny.acl");
  await fc.assert(
    fc.asyncProperty(value, async (text) => {
      const [added, got, deleted, gone] = await socket.batch([
        cli`add acl ${acl} ${text}`,
        cli`get acl ${acl} ${text}`,
        cli`del acl ${acl} ${text}`,
        cli`get acl ${acl} ${text}`,
      ]);
      assert.deepEqual([added, deleted], [{ ok: true, text: "\n" }, { ok: true, text: "\n" }]);
      assert.ok(got?.ok && got.text.includes("match=yes"), JSON.stringify(got));
      assert.ok(gone?.ok && gone.text.includes("match=no"), JSON.stringify(gone));
    }),
    { numRuns: 200 },
  );
});
