import assert from "node:assert/strict";
import { memoryStore, openStore } from "../../../lib/store/mod.ts";
import { Client } from "../../../lib/client/mod.ts";
import type { LaunchContext, RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { realisticFiles } from "../../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { certificate } from "../../peers/certificates.ts";
import { Kept } from "./on_haproxy.ts";

/** With a certificate that is no newer than those of the tests. */
const CONFIGURATION = {
  ...REALISTIC,
  files: (context: LaunchContext) => ({ ...realisticFiles(context), "site.pem": certificate("ec") }),
};

/** Everything that can be done to HAProxy at run time and is remembered. */
async function changeAll(client: Client, haproxy: RunningHaproxy): Promise<void> {
  const hosts = haproxy.file("hosts.map");
  await client.setServerWeight("be_web/s1", 7);
  await client.setServerWeight("be_web/s2", "30%");
  await client.setServerState("be_web/s2", "drain");
  await client.setServerAddress("be_web/s2", "127.0.0.9", 8099);
  await client.setServerMaxconn("be_web/s1", 11);
  await client.disableHealth("be_web/s1");
  await client.setServerHealth("be_web/s1", "up");
  await client.setServerCheckPort("be_web/s2", 8123);
  await client.setServerAgentAddress("be_web/s3", "127.0.0.7", 8124);
  await client.setServerAgentSend("be_web/s3", "hello");
  await client.disableAgent("be_web/s3");
  await client.disableServer("be_tcp/s1");
  await client.addServer("be_web/extra", "127.0.0.1:8125", { keywords: ["check", "inter", "1s"] });
  await client.enableServer("be_web/extra");
  await client.addMapEntry(hosts, "new.test", "be_tcp");
  await client.setMapEntry(hosts, "static.happi.test", "be_web");
  await client.delMapEntry(hosts, "named.happi.test");
  await client.replaceAcl(haproxy.file("deny.acl"), ["one client", "other-client"]);
  await client.replaceCertificate(haproxy.file("site.pem"), certificate("rsa"));
  await client.addCertificate(haproxy.file("new.pem"), certificate("ec"));
  await client.addToCrtList(haproxy.file("certs.list"), haproxy.file("new.pem"), { filters: ["new.happi.test"] });
  await client.setRateLimit("sessions", 900);
  await client.setGlobalMaxconn(77);
  await client.setFrontendMaxconn("fe_web", 90);
  await client.disableFrontend("fe_tcp");
}

/** What HAProxy shows of it. */
async function shown(client: Client, haproxy: RunningHaproxy) {
  const { servers } = await client.getServersState();
  const info = await client.getInfo();
  const rows = await client.getStat({ kinds: ["server", "frontend"] });
  const slim = (name: string) => rows.find(({ pxname, svname }) => `${pxname}/${svname}` === name)?.slim;
  const crtList = await client.getCrtList(haproxy.file("certs.list"));
  return {
    servers: servers.filter(({ be_name }) => be_name.startsWith("be_")).map((one) => [
      ...[`${one.be_name}/${one.srv_name}`, one.srv_addr, one.srv_port, one.srv_uweight],
      ...[one.admin_states.filter((state) => state.startsWith("forced")).join()],
      ...[one.srv_check_port, one.srv_agent_addr, one.srv_agent_port],
      ...[one.check_states?.includes("enabled"), one.agent_states?.includes("enabled")],
    ]),
    maxconn: slim("be_web/s1"),
    map: (await client.getMap(haproxy.file("hosts.map"))).map(({ key, value }) => `${key} ${value}`).sort(),
    acl: (await client.getAcl(haproxy.file("deny.acl"))).map(({ pattern }) => pattern).sort(),
    certificates: await Promise.all(["site.pem", "new.pem"].map(async (name) => {
      const { files } = await client.getCertificates();
      return files.includes(haproxy.file(name)) && (await client.getCertificate(haproxy.file(name))).sha1_fingerprint;
    })),
    crtList: crtList.entries.map(({ filename, filters }) => [filename, ...filters]),
    limits: [info["SessRateLimit"], info.Maxconn, slim("fe_web/FRONTEND")],
    stopped: /^(?:OPEN|FULL)$/.test(String(rows.find(({ pxname }) => pxname === "fe_tcp")?.status)),
  };
}

for (const way of ["reload", "restart"] as const) {
  testEachHaproxy(
    `Keeper makes everything again after a ${way}, within two seconds`,
    { ...CONFIGURATION, master: way === "reload" },
    async (haproxy) => {
      const store = memoryStore();
      await using master = new Client(haproxy.masterSocketPath, { master: "master" });
      await using kept = await Kept.open(haproxy, { store, ...(way === "reload" ? { master } : {}) });
      const asConfigured = await shown(kept.plain, haproxy);
      await changeAll(kept.client, haproxy);
      const changed = await shown(kept.plain, haproxy);
      assert.notDeepEqual(changed, asConfigured);
      await kept.seen(store);
      await haproxy[way]();
      const startedAt = performance.now();
      const restored = await kept.next("restored");
      const ms = performance.now() - startedAt;
      assert.deepEqual([restored.missing, restored.failed, restored.differences, kept.troubles], [[], [], [], []]);
      await using fresh = new Client(haproxy.socketPath);
      assert.deepEqual(await shown(fresh, haproxy), changed);
      assert.ok(ms < 2_000 + restored.ms, `${ms} ms`);
      // Once more: there is nothing left to do.
      assert.deepEqual((await kept.keeper.restore()).made, []);
    },
  );
}

testEachHaproxy("Keeper makes again what happi did before a reboot of both", REALISTIC, async (haproxy) => {
  const directory = await Deno.makeTempDir();
  {
    await using store = await openStore({ directory });
    await using kept = await Kept.open(haproxy, { store });
    await kept.seen(store);
    await kept.client.setServerState("be_web/s1", "maint");
  }
  await haproxy.restart();
  await using store = await openStore({ directory });
  await using kept = await Kept.open(haproxy, { store });
  assert.deepEqual((await kept.next("restored")).made.map(({ subject }) => subject), ["server be_web/s1"]);
  assert.equal(kept.remembered.held("be_web", "s1"), "maint");
  await Deno.remove(directory, { recursive: true });
});

testEachHaproxy("Keeper leaves a HAProxy alone that is the same after happi was away", REALISTIC, async (haproxy) => {
  const store = memoryStore();
  {
    await using kept = await Kept.open(haproxy, { store });
    await kept.seen(store);
    await kept.client.setServerWeight("be_web/s1", 3);
  }
  await haproxy.ask("set server be_web/s1 weight 9");
  await using kept = await Kept.open(haproxy, { store });
  await kept.client.setServerWeight("be_web/s2", 4);
  await haproxy.restart();
  // The first thing that is told: nothing was made again before.
  assert.equal((await kept.next("reload")).event, "reload");
  assert.equal((await kept.next("restored")).made.length, 2);
});

testEachHaproxy(
  "Keeper tells what is gone from the configuration, keeps it for a while, and then forgets it",
  { ...REALISTIC, master: true },
  async (haproxy) => {
    const store = memoryStore();
    let now = 0;
    const day = 86_400_000;
    await using kept = await Kept.open(haproxy, { store, now: () => now });
    await kept.client.addServer("be_web/extra", "127.0.0.1:8125");
    await kept.client.setServerWeight("be_web/s1", 3);
    await kept.client.setServerState("be_tcp/s1", "drain");
    await kept.seen(store);
    const { config } = REALISTIC;
    const whole = typeof config === "function" ? config(haproxy) : config;
    const without = whole.replace(/backend be_tcp\n(?: {2}.*\n)+/, "").replace("default_backend be_tcp", "");
    await haproxy.reload(without);
    const { missing, made, failed } = await kept.next("restored");
    assert.deepEqual(missing, [{ subject: "server be_tcp/s1", why: 'there is no backend "be_tcp"' }]);
    assert.deepEqual([made.map(({ subject }) => subject), failed], [["server be_web/extra", "server be_web/s1"], []]);
    // It comes back with its backend.
    now = 6 * day;
    await haproxy.reload(whole);
    assert.deepEqual((await kept.next("restored")).missing, []);
    now = 20 * day;
    await haproxy.reload(without);
    await kept.next("restored");
    now = 28 * day;
    await kept.keeper.restore();
    assert.equal((await kept.next("forgotten")).subject, "server be_tcp/s1");
    assert.ok(!(await kept.remembered.documents()).some(({ name }) => name === "be_tcp/s1"));
  },
);

testEachHaproxy("Keeper leaves a certificate alone whose file was renewed since", REALISTIC, async (haproxy) => {
  const store = memoryStore();
  await using kept = await Kept.open(haproxy, { store });
  const file = haproxy.file("site.pem");
  const newest = (await kept.plain.getCertificate(file)).not_before ?? "";
  await kept.client.replaceCertificate(file, certificate("rsa"));
  const older = (await kept.plain.getCertificate(file)).not_before ?? "";
  assert.ok(older < newest, `${older} is before ${newest}`);
  await kept.seen(store);
  await haproxy.restart();
  const { superseded, made } = await kept.next("restored");
  assert.deepEqual([superseded.map(({ subject }) => subject), made], [[`certificate ${file}`], []]);
  assert.equal((await kept.next("forgotten")).subject, `certificate ${file}`);
});
