import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { DangerousCommand, NotFound } from "../../../lib/client/errors.ts";
import type { Branch } from "../../../lib/client/formats/version.ts";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

/** A frontend's status and limit, asked beside the client. */
async function look(haproxy: RunningHaproxy, frontend: string): Promise<{ status: string; slim: string }> {
  const [header = "", row = ""] = (await haproxy.ask(`show stat ${frontend} 1 -1`)).split("\n");
  const cell = (name: string) => row.split(",")[header.replace("# ", "").split(",").indexOf(name)] ?? "";
  return { status: cell("status"), slim: cell("slim") };
}

testEachHaproxy("setFrontendMaxconn() sets the limit of a frontend, up and down", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await client.setFrontendMaxconn("fe_web", 50);
  assert.equal((await look(haproxy, "fe_web")).slim, "50");
  await client.setFrontendMaxconn("fe_web", 60);
  assert.equal((await look(haproxy, "fe_web")).slim, "60");
  await assert.rejects(() => client.setFrontendMaxconn("nope", 5), NotFound);
});

testEachHaproxy("setFrontendMaxconn() does not kill a HAProxy whose frontend is full", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const pid = await haproxy.workerPid();
  await client.setFrontendMaxconn("fe_web", 0);
  const raising = client.setFrontendMaxconn("fe_web", 100);
  if (haproxy.build.version === "2.6") await assert.rejects(raising, DangerousCommand);
  else await raising;
  assert.equal(await haproxy.workerPid(), pid);
  assert.equal((await look(haproxy, "fe_web")).slim, haproxy.build.version === "2.6" ? "0" : "100");
});

testEachHaproxy("frontends can be disabled, enabled and shut down", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await client.disableFrontend("fe_tcp");
  await assert.rejects(() => client.disableFrontend("fe_tcp"), /already disabled/);
  await client.enableFrontend("fe_tcp");
  await assert.rejects(() => client.enableFrontend("fe_tcp"), /already enabled/);
  await client.shutdownFrontend("fe_tcp");
  await assert.rejects(() => client.enableFrontend("fe_tcp"), /previously shut down/);
  for (const method of ["enableFrontend", "disableFrontend", "shutdownFrontend"] as const) {
    await assert.rejects(() => client[method]("nope"), NotFound, method);
  }
});

/** The versions, the connections and the limit of a frontend, the new limit, and whether it is held back. */
const GUARD: readonly (readonly [branch: Branch, scur: number, slim: number, maxconn: number, held: boolean])[] = [
  ["2.6", 10, 10, 11, true],
  ["2.6", 12, 10, 11, true],
  ["2.8", 0, 0, 1, true],
  ["2.6", 10, 10, 10, false],
  ["2.6", 10, 10, 9, false],
  ["2.6", 9, 10, 11, false],
  ["3.0", 10, 10, 11, false],
];

for (const [branch, scur, slim, maxconn, held] of GUARD) {
  const what = `${branch}, ${scur} of ${slim} connections, to ${maxconn}`;
  Deno.test(`setFrontendMaxconn() ${held ? "holds back" : "goes ahead"}: ${what}`, async () => {
    const caller = new RecordingCaller({
      "show stat": `# pxname,svname,scur,slim,type,\nweb,FRONTEND,${scur},${slim},0,\n\n`,
    }, branch);
    const line = `set maxconn frontend web ${maxconn}`;
    const setting = call(caller, "setFrontendMaxconn", "web", maxconn);
    if (held) await assert.rejects(setting, DangerousCommand);
    else await setting;
    assert.equal(caller.commands.includes(line), !held);

    const forced = new RecordingCaller({}, branch);
    await call(forced, "setFrontendMaxconn", "web", maxconn, { force: true });
    assert.deepEqual(forced.commands, [line]);
  });
}
