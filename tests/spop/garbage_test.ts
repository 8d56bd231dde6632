/** What is answered is garbage at once, and cheap to clear away. */

import assert from "node:assert/strict";

const PROGRAM = new URL("./garbage_program.ts", import.meta.url).pathname;
/** 630 where a `Set` holds what runs: HAProxy waited 30 ms for the collector now and then. */
const MOST_BYTES = 100;

Deno.test("a message behind a promise, once answered, is cleared away by the collector's quick rounds", async () => {
  const args = ["run", "--no-check", "-A", "--v8-flags=--expose-gc", PROGRAM];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const said = new TextDecoder().decode(stdout);
  assert.match(said, /^-?\d/, new TextDecoder().decode(stderr));
  assert.ok(Number(said) < MOST_BYTES, `${said.trim()} bytes of each message are left`);
});
