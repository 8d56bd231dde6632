import assert from "node:assert/strict";
import { FILE } from "../../../lib/agent/checks/file.ts";
import { checkContext, forever } from "../target/peers.ts";

Deno.test("file says maint while the file exists, with its first line as reason", async () => {
  const path = await Deno.makeTempFile();
  const check = FILE.make({ path }, checkContext({ origin: "config" }));
  await Deno.writeTextFile(path, "\n  new disk  \r\nsecond line");
  assert.deepEqual(await check.run(forever()), {
    reply: { admin: "maint" },
    reason: "new disk",
    facts: { present: true },
  });
  await Deno.remove(path);
  assert.deepEqual(await check.run(forever()), { reply: { health: "up" }, reason: "", facts: { present: false } });
});

Deno.test("file says drain or down where that is wished", async () => {
  const path = await Deno.makeTempFile();
  const said = async (present: string) =>
    (await FILE.make({ path, present }, checkContext({ origin: "config" })).run(forever())).reply;
  assert.deepEqual(await said("drain"), { admin: "drain", health: "up" });
  assert.deepEqual(await said("down"), { health: "down" });
  await Deno.remove(path);
});

Deno.test("file has a reason for an empty file and for a folder", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/flag`;
  await Deno.writeTextFile(path, "");
  const reason = async (path: string) =>
    (await FILE.make({ path }, checkContext({ origin: "config" })).run(forever())).reason;
  assert.equal(await reason(path), `"${path}" exists`);
  assert.equal(await reason(folder), `"${folder}" exists`);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("file reads no more of a large file than its beginning", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "x".repeat(100_000));
  const { reason } = await FILE.make({ path }, checkContext({ origin: "config" })).run(forever());
  assert.equal(reason.length, 1024);
  await Deno.remove(path);
});

Deno.test("file takes a path through a file for absent", async () => {
  const path = await Deno.makeTempFile();
  const { reply } = await FILE.make({ path: `${path}/flag` }, checkContext({ origin: "config" })).run(forever());
  assert.deepEqual(reply, { health: "up" });
  await Deno.remove(path);
});

Deno.test("file does not wait for a FIFO that nobody writes to", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/flag`;
  assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
  const { reply, reason } = await FILE.make({ path }, checkContext({ origin: "config" })).run(forever());
  assert.deepEqual([reply, reason], [{ admin: "maint" }, `"${path}" exists`]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("file takes a flag that may not be read for one that is up, whatever is in it", async () => {
  // The mode of a file does not keep root from reading it; this one gives no byte to anybody.
  const path = "/proc/self/mem";
  const { reply } = await FILE.make({ path, present: "drain" }, checkContext({ origin: "config" })).run(forever());
  assert.deepEqual(reply, { admin: "drain", health: "up" });
});
