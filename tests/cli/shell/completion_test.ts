import assert from "node:assert/strict";
import { complete, type CompletionSource } from "../../../lib/cli/shell/completion.ts";

const capability = (command: string) => ({ command, words: command.split(" "), arguments: "", description: "" });

const NAMES: Readonly<Record<string, readonly string[]>> = {
  backend: ["web", "api"],
  server: ["web/s1", "web/s2", "api/s1"],
  table: ["st_src"],
  map: ["/etc/haproxy/hosts.map"],
};

const SOURCE: CompletionSource = {
  capabilities: () =>
    Promise.resolve(
      ["show info", "show servers state", "show servers conn", "set server", "set weight", "help", "@1"].map(
        capability,
      ),
    ),
  names: (kind) => Promise.resolve(NAMES[kind] ?? []),
};

const CASES: readonly (readonly [line: string, candidates: string[], partial: string])[] = [
  ["", ["exit", "help", "quit", "set", "show"], ""],
  ["  sh", ["show"], "sh"],
  ["show ", ["info", "servers"], ""],
  ["show servers  st", ["state"], "st"],
  ["show servers state ", ["api", "web"], ""],
  ["set server ", ["api/s1", "web/s1", "web/s2"], ""],
  ["set server web/", ["web/s1", "web/s2"], "web/"],
  ["set server web/s1 st", ["state"], "st"],
  ["set server web/s1 state ", ["drain", "maint", "ready"], ""],
  ["show table ", ["st_src"], ""],
  ["show table st_src data", ["data."], "data"],
  ["add map /etc", ["/etc/haproxy/hosts.map"], "/etc"],
  ["nonsense here ", [], ""],
];

for (const [line, candidates, partial] of CASES) {
  Deno.test(`complete() offers ${candidates.length} words after "${line}"`, async () => {
    assert.deepEqual(await complete(line, SOURCE), [candidates.map((word) => `${word} `), partial]);
  });
}
