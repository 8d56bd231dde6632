import assert from "node:assert/strict";
import { findMethod } from "../../lib/client/mod.ts";
import { commandText, methodSection } from "../../lib/cli/method_help.ts";

const textOf = (name: string) => {
  const found = findMethod(name);
  assert.ok(found, name);
  return commandText(found.method);
};

Deno.test("commandText() writes the command with the names of its arguments", () => {
  assert.equal(textOf("get_servers_state"), "show servers state BACKEND");
  assert.equal(textOf("set_server_state"), "set server BACKEND/SERVER state ready|drain|maint");
});

Deno.test("commandText() is nothing for a method of several commands", () => {
  assert.equal(textOf("replace_map"), undefined);
});

Deno.test("methodSection() tells since when, at which level, and on which socket", () => {
  const entries = Object.fromEntries(methodSection(findMethod("reload")?.method ?? assert.fail()).entries ?? []);
  assert.equal(entries["Needs"], "the master's socket (haproxy -S)");
  assert.match(entries["Socket level"] ?? "", /it changes something$/);
});
