import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { NotFound } from "../../../lib/client/errors.ts";
import { CommandRefused } from "../../../lib/socket/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

testEachHaproxy("getBackends() lists every proxy with a backend side", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  assert.deepEqual(await client.getBackends(), ["li_status", "be_web", "be_static", "be_tcp", "be_dns", "st_src"]);
});

testEachHaproxy("dynamic cookies can be turned on and off and get a key", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await client.setDynamicCookieKey("be_web", "a secret; word");
  await client.enableDynamicCookie("be_web");
  await client.disableDynamicCookie("be_web");
  await assert.rejects(() => client.enableDynamicCookie("nope"), NotFound);
  await assert.rejects(() => client.disableDynamicCookie("nope"), NotFound);
  await assert.rejects(
    () => client.setDynamicCookieKey("nope", "a secret; word"),
    (thrown) => thrown instanceof NotFound && !Deno.inspect(thrown).includes("secret"),
  );
});

const REMOVABLE = "wait 500ms be-removable web";

Deno.test("waitBackendRemovable() tells whether it can be removed, and waits a little longer than HAProxy", async () => {
  const caller = new RecordingCaller({ [REMOVABLE]: "Done.\n\n" });
  assert.equal(await call(caller, "waitBackendRemovable", "web", 500), true);
  assert.deepEqual(caller.sent, [{ command: REMOVABLE, options: { bidirectional: true, timeoutMs: 5_500 } }]);
  const late = new RecordingCaller({ [REMOVABLE]: "Wait delay expired.\n\n" });
  assert.equal(await call(late, "waitBackendRemovable", "web", 500), false);
});

Deno.test("waitBackendRemovable() fails with HAProxy's reason", async () => {
  const caller = new RecordingCaller({ [REMOVABLE]: "Failed. No such backend.\n\n" });
  await assert.rejects(() => call(caller, "waitBackendRemovable", "web", 500), CommandRefused);
});

Deno.test("delBackend() takes a success with an older message in front", async () => {
  const caller = new RecordingCaller({ "del backend web": "Server deleted.\nBackend deleted.\n\n" });
  assert.equal(await call(caller, "delBackend", "web"), "Server deleted.\nBackend deleted.");
});
