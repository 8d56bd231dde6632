import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

testEachHaproxy("setGlobalMaxconn() and setRateLimit() set what show info tells", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const info = async (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(await haproxy.ask("show info"))?.[1];
  const before = await info("Maxconn");
  await client.setGlobalMaxconn(20);
  assert.equal(await info("Maxconn"), "20");
  await client.setGlobalMaxconn(0);
  assert.equal(await info("Maxconn"), before);

  for (
    const [kind, name, shown] of [
      ["connections", "ConnRateLimit", "70"],
      ["sessions", "SessRateLimit", "70"],
      ["ssl-sessions", "SslRateLimit", "70"],
      ["http-compression", "CompressBpsRateLim", String(70 * 1024)],
    ] as const
  ) {
    await client.setRateLimit(kind, 70);
    assert.equal(await info(name), shown, kind);
    await client.setRateLimit(kind, 0);
    assert.equal(await info(name), "0", kind);
  }
});
