/** Hooks over HTTP: what runs, and how it is told. */

import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { serveProcesses } from "./served.ts";

const DEFINITIONS: readonly Definition[] = [
  { name: "look", cmd: "true", before: "haproxy-reload" },
  { name: "bad", cmd: "exit 3", shell: true, before: "haproxy-stop", priority: 1 },
  { name: "never", cmd: "true", before: "haproxy-stop", priority: 2 },
  { name: "sorry", cmd: "false", after: "haproxy-stop", priority: 1 },
  { name: "still", cmd: "true", after: "haproxy-stop", priority: 2 },
];

/** Asks without the token: running what is defined is no definition. */
async function post(path: string, headers: Readonly<Record<string, string>> = {}) {
  await using served = await serveProcesses(DEFINITIONS);
  const response = await fetch(served.url + path, { method: "POST", headers });
  const { results = [], ...told } = await response.json();
  for (const { took_ms } of results) assert.ok(Number.isInteger(took_ms) && took_ms >= 0);
  return {
    status: response.status,
    told,
    results: results.map(({ name, ok, reason }: Record<string, unknown>) => [name, ok, reason]),
  };
}

Deno.test("POST /hooks/before/W runs the hooks of W", async () => {
  assert.deepEqual(await post("/hooks/before/haproxy-reload"), {
    status: 200,
    told: { ok: true },
    results: [["look", true, ""]],
  });
});

Deno.test("POST /hooks/before/W is answered 409 when one has failed, and runs no more of them", async () => {
  const reason = 'Cannot begin "haproxy-stop": hook "bad" has ended with status 3';
  assert.deepEqual(await post("/hooks/before/haproxy-stop"), {
    status: 409,
    told: { ok: false, reason, error: { code: "hook_failed", message: reason } },
    results: [["bad", false, "has ended with status 3"]],
  });
});

Deno.test("POST /hooks/after/W runs all of them, and says which has failed", async () => {
  const reason = 'Cannot finish "haproxy-stop": hook "sorry" has ended with status 1';
  assert.deepEqual(await post("/hooks/after/haproxy-stop"), {
    status: 200,
    told: { ok: false, reason, error: { code: "hook_failed", message: reason } },
    results: [["sorry", false, "has ended with status 1"], ["still", true, ""]],
  });
});

Deno.test("POST /hooks runs nothing for a word that no hook has", async () => {
  assert.deepEqual(await post("/hooks/after/nothing"), { status: 200, told: { ok: true }, results: [] });
});

Deno.test("POST /hooks is not for pages of other origins", async () => {
  const { status, told, results } = await post("/hooks/before/haproxy-reload", { origin: "https://evil.example" });
  assert.deepEqual([status, told.error.code, results], [403, "foreign_origin", []]);
});
