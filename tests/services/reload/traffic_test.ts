/** Reloads under traffic: what happi does must not cost a request. */

import assert from "node:assert/strict";
import { startBackend } from "../../../scripts/haproxy/backends.ts";
import { type LaunchContext, type RunningHaproxy, startHaproxy } from "../../../scripts/haproxy/launch.ts";
import { memoryStore } from "../../../lib/store/mod.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { Kept } from "./on_haproxy.ts";

const RELOADS = 100;

const SERVERS = ["s1", "s2", "s3"] as const;

const configurationFor = (portOf: (c: LaunchContext, server: string) => number) => ({
  master: true,
  files: { "hosts.map": "file.test be\n" },
  config: (c: LaunchContext) => `
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend fe
  bind 127.0.0.1:${c.port("fe")}
  use_backend %[req.hdr(host),map(${c.file("hosts.map")},be)]
backend be
  balance roundrobin
  option redispatch
  retries 3
${SERVERS.map((server) => `  server ${server} 127.0.0.1:${portOf(c, server)} check inter 500ms`).join("\n")}
`,
});

/** Requests at a steady rate until it is ended; each has a connection of its own, as keep-alive would hide the reload. */
function startTraffic(haproxy: RunningHaproxy, intervalMs: number) {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const tally = { sent: 0, failed: 0, why: "" };
  const running = new Set<Promise<void>>();
  const send = async () => {
    tally.sent++;
    try {
      const response = await fetch(`http://127.0.0.1:${haproxy.port("fe")}/`, { client });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`status ${response.status}`);
    } catch (thrown) {
      tally.failed++;
      tally.why = String(thrown);
    }
  };
  const timer = setInterval(() => {
    const one = send().finally(() => running.delete(one));
    running.add(one);
  }, intervalMs);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
    client.close();
    return tally;
  };
}

testEachHaproxy(
  `${RELOADS} reloads under steady traffic cost no request that they would not cost without happi`,
  configurationFor((c, server) => c.port(server)),
  async (haproxy) => {
    const [s1, s2, s3] = [haproxy.port("s1"), haproxy.port("s2"), haproxy.port("s3")];
    await using _one = startBackend({ port: s1 });
    await using _two = startBackend({ port: s2 });
    await using _three = startBackend({ port: s3 });
    await using control = await startHaproxy(haproxy.build, configurationFor((_, server) => haproxy.port(server)));
    const store = memoryStore();
    await using kept = await Kept.open(haproxy, { store, intervalMs: 50 });
    await kept.seen(store);
    await kept.client.setServerState("be/s3", "maint");
    await kept.client.setServerWeight("be/s1", "50%");
    await kept.client.addServer("be/extra", `127.0.0.1:${s2}`, { keywords: ["check"] });
    await kept.client.enableHealth("be/extra");
    await kept.client.enableServer("be/extra");
    await kept.client.replaceMap(haproxy.file("hosts.map"), [{ key: "other.test", value: "be" }]);
    const ends = [startTraffic(haproxy, 10), startTraffic(control, 10)];
    for (let reload = 0; reload < RELOADS; reload++) {
      const [done] = await Promise.all([haproxy.reload(), control.reload()]);
      assert.ok(done.success);
      const { failed, differences, missing } = await kept.next("restored");
      assert.deepEqual([failed, differences, missing], [[], [], []]);
    }
    const [withHappi, without] = await Promise.all(ends.map((end) => end()));
    assert.ok(withHappi && without);
    assert.ok(withHappi.sent > RELOADS, `${withHappi.sent} requests`);
    assert.ok(withHappi.failed <= without.failed, `${JSON.stringify(withHappi)}, without: ${JSON.stringify(without)}`);
    assert.equal(kept.keeper.reloads, RELOADS);
  },
);
