/** Sessions over HTTP. */
import assert from "node:assert/strict";
import { openSession } from "./open_session.ts";
import { testOnHaproxy, until } from "./on_haproxy.ts";

testOnHaproxy("a session is listed, read in full, ended, and gone then", async ({ request, haproxy }) => {
  await using _session = await openSession(haproxy.port("tcp"), haproxy.port("s1"));
  const { body } = await request("GET", "/sessions");
  const listed = body.find((one: { be: string }) => one.be === "be_tcp");
  assert.deepEqual([listed.fe, listed.srv], ["fe_tcp", "s1"]);
  const path = `/sessions/${listed.id}`;
  const full = await request("GET", path);
  assert.deepEqual([full.body.id, full.body.backend], [listed.id, "be_tcp"]);
  assert.equal((await request("DELETE", path)).status, 204);
  // HAProxy ends a session a moment after it has said that it does.
  const isListed = (sessions: readonly { id: string; be: string }[]) =>
    sessions.some((one) => one.id === listed.id && one.be === "be_tcp");
  await until(async () => (await request("GET", "/sessions")).body, (sessions) => !isListed(sessions));
});

testOnHaproxy("a session that is not there is 404, what is no reference 400", async ({ request }) => {
  assert.equal((await request("GET", "/sessions/0x1")).status, 404);
  assert.equal((await request("DELETE", "/sessions/0x1")).status, 404);
  assert.equal((await request("GET", "/sessions/all")).status, 400);
  assert.equal((await request("GET", "/sessions?nope=1")).status, 400);
});

testOnHaproxy("sessions are filtered where HAProxy can, and 501 names the version where it cannot", async (on) => {
  const { request, haproxy } = on;
  await using _session = await openSession(haproxy.port("tcp"), haproxy.port("s1"));
  const { status, body } = await request("GET", "/sessions?backend=be_tcp");
  const [major = 0, minor = 0] = haproxy.build.version.split(".").map(Number);
  if (major * 100 + minor >= 301) {
    assert.equal(status, 200);
    assert.deepEqual(body.map((one: { be: string }) => one.be), ["be_tcp"]);
  } else {
    assert.equal(status, 501);
    assert.deepEqual([body.error.code, body.error.since], ["unsupported_command", "3.1"]);
  }
});
