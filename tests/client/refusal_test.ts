import assert from "node:assert/strict";
import { NotFound, UnsupportedCommand } from "../../lib/client/errors.ts";
import { UnexpectedAnswer } from "../../lib/client/formats/errors.ts";
import { parseSession } from "../../lib/client/formats/sessions.ts";
import { parseVersion } from "../../lib/client/formats/version.ts";
import { explainRefusal, parseOrRefuse } from "../../lib/client/refusal.ts";
import { CommandForbidden, CommandRefused, UnknownCommand } from "../../lib/socket/mod.ts";

const is = (text: string) => () => Promise.resolve(parseVersion(text));
const neverAsked = () => Promise.reject(new Error("the version does not matter here"));

Deno.test("explainRefusal() names the version that has an unknown command", async () => {
  const unknown = new UnknownCommand("wait 5", "Unknown command, but maybe");
  const old = await explainRefusal(unknown, "3.0", is("2.6.12-1+deb12u4"));
  assert.ok(old instanceof UnsupportedCommand);
  assert.equal(old.message, 'Cannot use "wait 5": it needs HAProxy 3.0, and this is 2.6.12-1+deb12u4');
  const builtWithout = await explainRefusal(unknown, "3.0", is("3.2.0"));
  assert.ok(builtWithout instanceof UnsupportedCommand && /built with it/.test(builtWithout.message));
  assert.equal(await explainRefusal(unknown, "3.0", neverAsked), unknown, "when nobody can tell, the refusal stays");
});

Deno.test("explainRefusal() tells a master without @@ from a process that is gone", async () => {
  const refused = new CommandRefused("wait 5", "Can't find the target PID matching the prefix '@@1'");
  const old = await explainRefusal(refused, "3.0", is("3.0.11"));
  assert.ok(old instanceof UnsupportedCommand && old.since === "3.2", String(old));
  assert.equal(await explainRefusal(refused, "3.0", is("3.2.0")), refused);
});

Deno.test("explainRefusal() turns HAProxy's words into NotFound and CommandForbidden", async () => {
  for (
    const answer of ["No such server.", "Can't find backend.", "Unknown map identifier. Please use #<id> or <file>."]
  ) {
    assert.ok(await explainRefusal(new CommandRefused("x", answer), "2.6", neverAsked) instanceof NotFound, answer);
  }
  const forbidden = new CommandRefused("show ssl cert", "Can't allocate memory!");
  assert.ok(await explainRefusal(forbidden, "2.6", neverAsked) instanceof CommandForbidden);
  for (const other of [new CommandRefused("x", "Invalid key"), new Error("x"), undefined]) {
    assert.equal(await explainRefusal(other, "2.6", neverAsked), other);
  }
});

Deno.test("parseOrRefuse() knows refusals that bear no mark", () => {
  assert.throws(() => parseOrRefuse("show sess 0x1", "Session not found.\n\n", parseSession), CommandRefused);
  assert.throws(() => parseOrRefuse("show sess 0x1", "garbage\n\n", parseSession), UnexpectedAnswer);
  assert.deepEqual(parseOrRefuse("show sess all", "\n", parseSession), []);
});
