/** Parts of `happi process` that need no process. */

import assert from "node:assert/strict";
import { childrenEnvironment } from "../../../lib/cli/process/children_environment.ts";
import { LinePrinter } from "../../../lib/cli/process/line_printer.ts";
import { byPriority, reloadDefinitions } from "../../../lib/cli/process/reload.ts";
import { fakeEnvironment } from "../fake_environment.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function* chunks(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(typeof text === "string" ? bytes(text) : text);
}

Deno.test("childrenEnvironment() leaves out what is happi's own", () => {
  const given = {
    PATH: "/bin",
    HAPPI_ADMIN_TOKEN: "x",
    HAPPI_API: "x",
    NOTIFY_SOCKET: "x",
    LISTEN_FDS: "1",
    LISTENER: "y",
  };
  assert.deepEqual(childrenEnvironment(given), { PATH: "/bin", LISTENER: "y" });
});

Deno.test("LinePrinter prints whole lines in columns, however they come, and characters whole", async () => {
  const environment = fakeEnvironment([]);
  const printer = new LinePrinter(environment.stdout, ["web", "worker"], () => new Date(2026, 0, 2, 3, 4, 5));
  const [first, second] = [bytes("gr\u00fc\u00dfe").slice(0, 3), bytes("gr\u00fc\u00dfe").slice(3)];
  await printer.printAll("web", chunks("on", "e\r\ntwo\nth", "ree", "\n", first, second));
  await printer.remark("worker", "ended");
  assert.equal(
    environment.output(),
    ["web    | one", "web    | two", "web    | three", "web    | gr\u00fc\u00dfe", "worker | ended"]
      .map((line) => `03:04:05 ${line}\n`).join(""),
  );
});

Deno.test("LinePrinter prints a line without an end in pieces", async () => {
  const environment = fakeEnvironment([]);
  await new LinePrinter(environment.stdout).printAll("a", chunks("x".repeat(70_000), "y\n"));
  assert.deepEqual(environment.output().split("\n").map((line) => line.length), [70_013, 14, 0]);
});

Deno.test("byPriority() puts those without last, and keeps the order of the others", () => {
  const names = byPriority([{ name: "a", cmd: "x" }, { name: "b", cmd: "x", priority: 2 }, {
    name: "c",
    cmd: "x",
    priority: 1,
  }]);
  assert.deepEqual(names.map(({ name }) => name), ["c", "b", "a"]);
});

Deno.test("reloadDefinitions() touches what the file says differently, and nothing else", async () => {
  const done: string[] = [];
  const names = ["same", "changed", "gone", "posted"];
  const manager = {
    names: () => names,
    add: ({ name }: { name: string }) => Promise.resolve(void done.push(`add ${name}`)),
    update: ({ name }: { name: string }) => Promise.resolve(void done.push(`update ${name}`)),
    remove: (name: string) => Promise.resolve(void done.push(`remove ${name}`)),
  };
  const one = (name: string, cmd = "x") => ({ name, cmd });
  const reloaded = await reloadDefinitions(
    manager,
    [one("same"), one("changed"), one("gone"), one("deleted over the API")],
    [one("same"), one("changed", "y"), one("new"), one("posted")],
  );
  assert.deepEqual(done, ["remove gone", "update changed", "update posted", "add new"]);
  assert.deepEqual(reloaded, { added: ["new"], changed: ["changed", "posted"], removed: ["gone"] });
});
