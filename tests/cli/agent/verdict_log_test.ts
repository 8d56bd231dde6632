/** A verdict's fields in the log. */

import assert from "node:assert/strict";
import type { VerdictRecord } from "../../../lib/agent/mod.ts";
import { verdictFields } from "../../../lib/cli/agent/verdict_log.ts";

const VERDICT = {
  check: "web",
  kind: "v1",
  target: "http://10.0.0.1:8888",
  origin: "config",
  reply: { health: "up" },
  said: "up",
  reason: "",
  facts: {},
  ms: 1,
  at: 0,
  from_cache: false,
  changed: true,
} as const satisfies VerdictRecord;

Deno.test("verdictFields() has no token of a request", () => {
  const check = "http|http://10.0.0.1/?token=geheim|status=200";
  assert.equal(verdictFields({ ...VERDICT, check }).check, "http|http://10.0.0.1/?…|status=200");
});

Deno.test("verdictFields() has the names that the Antelope health checks log", () => {
  const verdict: VerdictRecord = {
    check: "web",
    kind: "v1",
    target: "http://10.0.0.1:8888",
    origin: "config",
    reply: { health: "down" },
    said: "down # lagging",
    reason: "Taking offline because head block is lagging 12 seconds",
    facts: { head_block_time: "2026-11-21T03:04:05.500", lag_s: 12, http_status: 200 },
    ms: 3.21,
    at: 0,
    from_cache: false,
    changed: true,
  };
  assert.deepEqual(verdictFields(verdict), {
    status: "down",
    duration: "3.2ms",
    duration_us: 3210,
    error: "Taking offline because head block is lagging 12 seconds",
    type: "antelope-v1",
    url: "http://10.0.0.1:8888",
    check: "web",
    said: "down # lagging",
    block_time: "2026-11-21T03:04:05.500",
    lag_s: 12,
    http_status: 200,
  });
});
