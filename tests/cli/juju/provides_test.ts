/** `happi juju provides`, as a charm's hook calls it. */

import assert from "node:assert/strict";
import { happi } from "../fake_environment.ts";
import { ALL_TOOLS, standIn } from "../../peers/juju/stand_in.ts";

Deno.test("happi juju provides tells two relations where this unit is on their networks, once", async () => {
  await using juju = await standIn();
  await juju.relate("website:1", { ingress: "10.1.0.1", units: { "proxy/0": {} } });
  await juju.relate("website:2", { ingress: "192.168.7.1", units: { "cdn/0": {} } });
  const first = await juju.hook(["juju", "provides", "website", "--port", "8080"]);
  assert.deepEqual(first, {
    status: 0,
    errors: "",
    output: "relation   address      written\n" +
      "website:1  10.1.0.1     hostname, port, private-address\n" +
      "website:2  192.168.7.1  hostname, port, private-address\n",
  });
  for (const [relation, address] of [["website:1", "10.1.0.1"], ["website:2", "192.168.7.1"]] as const) {
    assert.deepEqual(await juju.databag(relation), { hostname: address, "private-address": address, port: "8080" });
  }
  await juju.calls();
  const again = await juju.hook(["juju", "provides", "website", "--port", "8080", "--json"]);
  assert.deepEqual(JSON.parse(again.output).map(({ written }: { written: unknown }) => written), [{}, {}]);
  assert.ok((await juju.calls()).every(([tool]) => tool !== "relation-set"));
});

Deno.test("happi juju provides offers several places, and keys as they are", async () => {
  await using juju = await standIn();
  await juju.relate("website:1", { ingress: "10.1.0.1" });
  const words = ["--hostname", "a", "--hostname", "b", "--private-address", "10.2.0.1", "--set", "services=- {x: 1=2}"];
  const extended = '[{"hostname": "c", "port": 81, "private-address": "10.2.0.3"}]';
  const { status } = await juju.hook(["juju", "provides", "website", "--port", "80", ...words, "--extended", extended]);
  assert.equal(status, 0);
  const { extended_data, ...plain } = await juju.databag("website:1");
  assert.deepEqual(plain, { hostname: "a", "private-address": "10.2.0.1", port: "80", services: "- {x: 1=2}" });
  assert.deepEqual(JSON.parse(extended_data ?? ""), [
    { hostname: "b", port: 80, "private-address": "10.1.0.1" },
    { hostname: "c", port: 81, "private-address": "10.2.0.3" },
  ]);
});

Deno.test("happi juju provides keeps its flag until the last unit has gone", async () => {
  await using juju = await standIn();
  const flags = `${juju.folder}/flags`;
  const run = (variables = {}) =>
    juju.hook(["juju", "provides", "website", "--port", "80", "--flags", flags], variables);
  const isSet = async () =>
    (await Array.fromAsync(Deno.readDir(flags))).some(({ name }) => name === "website.available");
  await juju.relate("website:1", { ingress: "10.1.0.1", units: { "proxy/0": {}, "proxy/1": {} } });
  await run();
  assert.ok(await isSet());
  const departed = (unit: string) => ({
    JUJU_HOOK_NAME: "website-relation-departed",
    JUJU_RELATION_ID: "website:1",
    JUJU_REMOTE_UNIT: unit,
    JUJU_DEPARTING_UNIT: unit,
  });
  await run(departed("proxy/0"));
  assert.ok(await isSet());
  await juju.relate("website:1", { ingress: "10.1.0.1", units: { "proxy/1": {} } });
  await run(departed("proxy/1"));
  assert.ok(!await isSet());
  await juju.calls();
  const broken = { JUJU_DISPATCH_PATH: "hooks/website-relation-broken", JUJU_RELATION_ID: "website:1" };
  assert.deepEqual(await run(broken), { status: 0, output: "", errors: "" });
  assert.deepEqual((await juju.calls()).map(([tool]) => tool), ["relation-ids"]);
});

Deno.test("happi juju provides works with a Juju that has no network-get", async () => {
  await using juju = await standIn({ tools: ALL_TOOLS.filter((tool) => tool !== "network-get") });
  await juju.relate("website:1", { own: { "private-address": "10.9.9.9" } });
  const { status } = await juju.hook(["juju", "provides", "website", "--port", "80"]);
  assert.equal(status, 0);
  assert.equal((await juju.databag("website:1"))["hostname"], "10.9.9.9");
});

Deno.test("happi juju provides says that it does not run in a hook", async () => {
  const nowhere = await happi(["juju", "provides", "website", "--port", "80"]);
  assert.equal(nowhere.status, 2);
  assert.match(nowhere.errors, /^happi: Cannot tell which unit this is: JUJU_UNIT_NAME is not set; /);
  const variables = { JUJU_UNIT_NAME: "me/0", PATH: "/nonexistent" };
  const toolless = await happi(["juju", "provides", "website", "--port", "80"], { variables });
  assert.deepEqual(toolless, {
    status: 1,
    output: "",
    errors: 'happi: Cannot run "relation-ids": there is no such hook tool in the PATH of this hook\n',
  });
});

const WRONG: readonly (readonly [args: string[], why: RegExp])[] = [
  [["website"], /"--port"/],
  [["website", "--port", "http"], /Cannot use "http" as --port/],
  [["../website", "--port", "80"], /Cannot use "\.\.\/website" as ENDPOINT/],
  [["website", "--port", "80", "--hostname", "a b"], /"hostname" is "a b" and must be a name/],
  [["website", "--port", "80", "--set", "x"], /Cannot use "x" as --set: write KEY=VALUE/],
  [["website", "--port", "80", "--extended", "["], /Cannot use --extended: it is no JSON/],
  [["website", "--port", "80", "--extended", "{}"], /it is no list/],
  [["website", "--port", "80", "--extended", "[1]"], /each place must be an object/],
  [["website", "--port", "80", "--extended", '[{"port": 1}]'], /"hostname" must be a text/],
  [["website", "--port", "80", "--extended", '[{"hostname": "a"}]'], /"port" must be a number/],
  [["website", "--port", "80", "--extended", '[{"hostname": "a", "port": 1, "x": 1}]'], /"x" is no key of a place/],
  [["website", "--port", "80", "--extended", '[{"hostname": "a", "port": 1, "private-address": 1}]'], /must be a text/],
];

for (const [args, why] of WRONG) {
  Deno.test(`happi juju provides ${args.join(" ")} is refused and writes nothing`, async () => {
    await using juju = await standIn();
    await juju.relate("website:1", { ingress: "10.1.0.1" });
    const { status, errors } = await juju.hook(["juju", "provides", ...args]);
    assert.equal(status, 2);
    assert.match(errors, why);
    assert.deepEqual(await juju.databag("website:1"), {});
  });
}

Deno.test("happi juju shows its commands, and refuses others", async () => {
  const help = await happi(["juju", "--help"]);
  assert.equal(help.status, 0);
  assert.match(
    help.output,
    /^Usage: happi juju provides\|requires ENDPOINT[\s\S]*\n {2}provides +\S[\s\S]*\n {2}requires +\S/,
  );
  const none = await happi(["juju"]);
  assert.deepEqual([none.status, none.output], [2, ""]);
  assert.match(none.errors, /a command is missing: the commands are provides, requires/);
  assert.match(
    (await happi(["juju", "provide"])).errors,
    /Cannot find command "juju provide": did you mean provides\?/,
  );
});
