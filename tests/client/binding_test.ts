import assert from "node:assert/strict";
import { bindNamed, bindPositional } from "../../lib/client/binding.ts";
import { InvalidArgument } from "../../lib/client/errors.ts";
import { METHODS } from "../../lib/client/methods.ts";

const { setServerAddress, drain, getStat, getServersState, getVersion, setTableEntry } = METHODS;

Deno.test("bindPositional() checks arguments in order", () => {
  assert.deepEqual(bindPositional("f", setServerAddress, ["web/s1", "::1", 80]), ["web/s1", "::1", 80]);
  assert.deepEqual(bindPositional("f", setServerAddress, ["web/s1", "::1"]), ["web/s1", "::1"]);
  assert.deepEqual(bindPositional("f", getServersState, [undefined]), []);
  assert.deepEqual(bindPositional("f", drain, ["web/s1", { timeoutMs: "1s" }]), ["web/s1", { timeoutMs: 1000 }]);
  assert.throws(() => bindPositional("f", setServerAddress, ["web/s1"]), /Cannot use nothing as address: it is needed/);
  assert.throws(() => bindPositional("get_version", getVersion, [1]), /get_version takes 0/);
  assert.throws(() => bindPositional("f", getServersState, ["a b"]), InvalidArgument);
});

Deno.test("bindNamed() puts named arguments in order, settings beside the others", () => {
  assert.deepEqual(bindNamed("f", setServerAddress, { port: 80, address: "::1", server: "web/s1" }), [
    "web/s1",
    "::1",
    80,
  ]);
  assert.deepEqual(bindNamed("f", drain, { server: "web/s1", timeout: "2s", until: "maint" }), [
    "web/s1",
    { timeoutMs: 2000, until: "maint" },
  ]);
  assert.deepEqual(bindNamed("f", drain, { server: "web/s1" }), ["web/s1"]);
  assert.deepEqual(bindNamed("f", getStat, {}), []);
  assert.deepEqual(bindNamed("f", setTableEntry, { key: "k", table: "t", data: { gpc0: 1 } }), ["t", "k", { gpc0: 1 }]);
});

Deno.test("bindNamed() names what is missing, wrong or unknown", () => {
  assert.throws(() => bindNamed("drain", drain, {}), /as server: it is needed/);
  assert.throws(() => bindNamed("drain", drain, { server: "web" }), /write it as backend\/server/);
  assert.throws(() => bindNamed("drain", drain, { server: "web/s1", timeout: "soon" }), /as timeout/);
  assert.throws(
    () => bindNamed("drain", drain, { server: "web/s1", wait: 1 }),
    /Cannot use 1 as wait: drain takes server, timeout, until/,
  );
  assert.throws(() => bindNamed("get_version", getVersion, { x: "y" }), /get_version takes no arguments/);
  assert.throws(() => bindNamed("drain", drain, JSON.parse('{"server": "web/s1", "__proto__": 1}')), InvalidArgument);
});
