import assert from "node:assert/strict";
import type { RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { Client } from "../../../lib/client/mod.ts";
import { Keeper, Remembered } from "../../../lib/services/mod.ts";
import { openStore } from "../../../lib/store/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { happi } from "../fake_environment.ts";

const RELOADED = { ...REALISTIC, master: true };

async function changed(haproxy: RunningHaproxy): Promise<void> {
  const commands = [
    "set server be_web/s1 weight 7",
    "set server be_web/s2 state drain",
    "set server be_web/s2 addr 127.0.0.9 port 8099",
    "add server be_web/extra 127.0.0.1:8125 check",
    "enable server be_web/extra",
    `add map ${haproxy.file("hosts.map")} new.test be_tcp`,
    `del acl ${haproxy.file("deny.acl")} bad-client`,
  ];
  for (const command of commands) await haproxy.ask(command);
}

testEachHaproxy("happi state save, diff and restore bring back what a reload has lost", RELOADED, async (haproxy) => {
  const file = haproxy.file("saved.json");
  const state = (...args: string[]) => happi(["state", ...args, "-p", haproxy.socketPath]);
  await changed(haproxy);
  const saved = await state("save", file);
  assert.deepEqual([saved.status, saved.errors], [0, "happi: saved 8 servers, 1 maps, 1 ACLs\n"]);
  assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o077, 0);
  assert.deepEqual(await state("diff", file), { status: 0, output: "", errors: "" });
  await haproxy.reload();
  const diff = await state("diff", file);
  assert.equal(diff.status, 1);
  assert.deepEqual(diff.output.split("\n").filter((line) => !line.startsWith(" ")), [
    "~ server be_web/s1",
    "~ server be_web/s2",
    "- server be_web/extra",
    `~ map ${haproxy.file("hosts.map")}`,
    `~ acl ${haproxy.file("deny.acl")}`,
    "",
  ]);
  assert.match(diff.output, /^ {4}weight is not "7"$/m);
  assert.match(diff.output, /^ {4}"new.test be_tcp" is not there$/m);
  const dry = await state("restore", file, "--dry-run");
  assert.match(dry.output, /^ {4}> add server be_web\/extra 127.0.0.1:8125 check$/m);
  assert.equal((await state("diff", file)).output, diff.output);
  const restored = await state("restore", file);
  assert.deepEqual([restored.status, restored.errors], [0, ""], restored.output);
  assert.match(restored.output, /^5 put back, 5 as they were, 0 not, in \d+ ms$/m);
  assert.deepEqual(await state("diff", file), { status: 0, output: "", errors: "" });
});

testEachHaproxy("happi state diff shows what HAProxy has besides, also as JSON", RELOADED, async (haproxy) => {
  const { output: snapshot } = await happi(["state", "save", "-p", haproxy.socketPath]);
  await haproxy.ask("add server be_web/more 127.0.0.1:8125");
  const diff = await happi(["state", "diff", "-", "--json", "-p", haproxy.socketPath], { stdin: snapshot });
  assert.equal(diff.status, 1);
  const why = ["the snapshot does not have it"];
  assert.deepEqual(JSON.parse(diff.output), [{ subject: "server be_web/more", kind: "extra", why, commands: [] }]);
  const without = snapshot.replace(
    '"kind": "server",\n      "name": "be_web/s1"',
    '"kind": "server",\n      "name": "none/s1"',
  );
  const restored = await happi(["state", "restore", "-", "--json", "-p", haproxy.socketPath], { stdin: without });
  assert.equal(restored.status, 1);
  assert.deepEqual(JSON.parse(restored.output).missing, [{
    subject: "server none/s1",
    why: 'there is no backend "none"',
  }]);
});

Deno.test("happi state says what is wrong with a snapshot", async () => {
  const cases = [
    ["{", "it is no JSON"],
    ["[]", 'it is no object with a "version"'],
    ['{"version":2}', 'its version is "2", and this happi knows 1'],
    ['{"version":1,"servers":[{}],"maps":[],"acls":[]}', '"servers[0]" is none that happi has written'],
    ['{"version":1,"servers":[],"maps":{},"acls":[]}', '"maps" is no list'],
  ] as const;
  for (const [stdin, why] of cases) {
    const { status, errors } = await happi(["state", "diff", "-", "-p", "/run/nobody.sock"], { stdin });
    assert.deepEqual([status, errors], [2, `happi: Cannot use the snapshot: ${why}\n`]);
  }
  assert.equal((await happi(["state", "sav"])).status, 2);
});

testEachHaproxy("happi client is made again after a reload where somebody keeps it", RELOADED, async (haproxy) => {
  const directory = await Deno.makeTempDir();
  const variables = { STATE_DIRECTORY: directory };
  const call = (...args: string[]) => happi(["client", ...args, "-p", haproxy.socketPath], { variables });
  // Nobody keeps anything yet: no store is made, and nothing is noted.
  await call("set_server_weight", "be_web/s2", "9");
  assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
  {
    await using store = await openStore({ directory, pollMs: 20 });
    await using client = new Client(haproxy.socketPath);
    await using remembered = await Remembered.open({ store });
    const restored = Promise.withResolvers<readonly string[]>();
    const onRestored = ({ made }: { readonly made: readonly { readonly subject: string }[] }) =>
      restored.resolve(made.map(({ subject }) => subject));
    await using keeper = new Keeper({ client, remembered, store, onRestored });
    await keeper.start();
    const seen = store.watch("services/process/", { after: 0, signal: AbortSignal.timeout(5_000) });
    assert.equal((await seen.next()).value?.kind, "put");
    await call("set_server_weight", "be_web/s1", "8");
    await call("add_server", "be_web/extra", "127.0.0.1:8125", "--keywords", "check");
    await haproxy.reload();
    assert.deepEqual(await restored.promise, ["server be_web/extra", "server be_web/s1"]);
    const saved = await happi(["state", "save", "-p", haproxy.socketPath], { variables });
    assert.match(saved.output, /"keywords": \[\s*"check"\s*\]/);
  }
  assert.match(await haproxy.ask("get weight be_web/s1"), /^8 /);
  assert.match(await haproxy.ask("get weight be_web/s2"), /^100 /);
  await Deno.remove(directory, { recursive: true });
});
