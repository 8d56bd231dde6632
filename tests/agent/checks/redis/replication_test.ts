import assert from "node:assert/strict";
import { parseReplication } from "../../../../lib/agent/checks/redis/replication.ts";

Deno.test("parseReplication() reads a master", () => {
  const text = "# Replication\r\nrole:master\r\nconnected_slaves:1\r\nslave0:ip=127.0.0.1,port=1,state=online\r\n";
  assert.deepEqual(parseReplication(text), {
    role: "master",
    isLinked: false,
    isSyncing: false,
    silentMs: undefined,
    replicas: 1,
  });
});

Deno.test("parseReplication() takes the age of the broken link where there is one", () => {
  const text =
    "role:slave\r\nmaster_link_status:down\r\nmaster_last_io_seconds_ago:-1\r\nmaster_sync_in_progress:1\r\n" +
    "master_link_down_since_seconds:42\r\n";
  const replication = parseReplication(text);
  assert.deepEqual([replication?.isLinked, replication?.isSyncing, replication?.silentMs], [false, true, 42_000]);
});

Deno.test("parseReplication() knows nothing of a master that was never heard", () => {
  const text = "role:slave\r\nmaster_link_status:down\r\nmaster_link_down_since_seconds:-1\r\n";
  assert.equal(parseReplication(text)?.silentMs, undefined);
});

Deno.test("parseReplication() refuses a server without a role, as Redis Sentinel", () => {
  assert.equal(parseReplication("role:sentinel\r\n"), undefined);
  assert.equal(parseReplication(""), undefined);
});
