import assert from "node:assert/strict";
import { METHODS, toSnakeCase } from "../../lib/client/mod.ts";
import { groupMethods } from "../../lib/cli/method_groups.ts";

Deno.test("groupMethods() has every method once, and needs no group for the rest", () => {
  const names = Object.keys(METHODS).map(toSnakeCase);
  const groups = groupMethods(names);
  assert.deepEqual(groups.flatMap((group) => group.names).sort(), names.toSorted());
  assert.deepEqual(groups.find((group) => group.title === "Other")?.names ?? [], []);
});

Deno.test("groupMethods() puts methods where one looks for them", () => {
  const groups = new Map(
    groupMethods(["get_servers_state", "shutdown_server_sessions", "set_server_ssl", "replace_map", "no_such_thing"])
      .flatMap(({ title, names }) => names.map((name) => [name, title])),
  );
  assert.deepEqual(Object.fromEntries(groups), {
    get_servers_state: "Servers",
    shutdown_server_sessions: "Sessions",
    set_server_ssl: "Servers",
    replace_map: "Maps and ACLs",
    no_such_thing: "Other",
  });
});
