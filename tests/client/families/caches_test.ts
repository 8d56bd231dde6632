import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { DangerousCommand } from "../../../lib/client/errors.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

testEachHaproxy(
  "getCache() reads the one cache, by force where two would kill the worker",
  REALISTIC,
  async (haproxy) => {
    await using client = new Client(haproxy.socketPath);
    if (haproxy.build.version !== "2.6") await assert.rejects(() => client.getCache(), DangerousCommand);
    const [cache, ...more] = await client.getCache({ force: true });
    assert.equal(cache?.name, "small");
    assert.deepEqual(more, []);
  },
);

for (
  const [branch, held] of [["2.6", false], ["2.8", false], ["3.0", true], ["3.1", true], ["3.2", true], [
    "3.4",
    false,
  ]] as const
) {
  Deno.test(`getCache() ${held ? "is held back" : "goes ahead"} on ${branch}`, async () => {
    const caller = new RecordingCaller({ "show cache": "0x55: small (shctx:0x7f, available blocks:1024)\n\n" }, branch);
    const reading = call(caller, "getCache");
    if (held) await assert.rejects(reading, DangerousCommand);
    else assert.equal((await reading as { name: string }[])[0]?.name, "small");
    assert.deepEqual(caller.commands, held ? [] : ["show cache"]);
  });
}
