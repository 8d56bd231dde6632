import assert from "node:assert/strict";
import { type EtcdOptions, etcdSource } from "../../../lib/services/mod.ts";
import { EtcdPeer, etcdProgram } from "../../peers/etcd.ts";
import { Heard } from "./heard.ts";

/** Ignored, by name, only where etcd cannot be had. */
const withEtcd = { ignore: "missing" in etcdProgram };

const QUICK: EtcdOptions = { throttleMs: 1, retryMs: 20 };

function unit(port: number): string {
  return JSON.stringify({ hostname: "10.0.0.1", port });
}

Deno.test("etcdSource() follows the keys of its prefix [etcd]", withEtcd, async () => {
  await using etcd = await EtcdPeer.start();
  await etcd.put("/services/web/web/0", unit(80));
  await etcd.put("/servicesX/web/web/9", unit(9));
  await etcd.put("/services/", "a folder, as some tools make them");
  await using heard = new Heard(etcdSource("own", { ...QUICK, urls: [etcd.url] }));
  await heard.untilHosts("web: 10.0.0.1:80");
  await etcd.put("/services/web/web/1", "10.0.0.2:80");
  await heard.untilHosts("web: 10.0.0.1:80 10.0.0.2:80");
  await etcd.put("/services/db/0", '{"Op":0,"Addr":"10.0.0.3:5432","Metadata":null}');
  await heard.untilHosts("db: 10.0.0.3:5432\nweb: 10.0.0.1:80 10.0.0.2:80");
  await etcd.put("/services/web/web/0", "nonsense");
  await heard.untilTrouble(/unit "web\/0": "hostname" is|unit "web\/0": "port" is "NaN"/);
  assert.equal(heard.hosts, "db: 10.0.0.3:5432\nweb: 10.0.0.1:80 10.0.0.2:80");
  await etcd.delete("/services/web/web/0");
  await heard.untilHosts("db: 10.0.0.3:5432\nweb: 10.0.0.2:80");
  assert.equal(heard.troubles.at(-1), undefined);
});

Deno.test(
  "etcdSource() keeps the picture while etcd is away, and then reads all keys again [etcd]",
  withEtcd,
  async () => {
    const first = await EtcdPeer.start();
    await first.put("/services/web/web/0", unit(80));
    await using heard = new Heard(etcdSource("own", { ...QUICK, urls: [first.url] }));
    await heard.untilHosts("web: 10.0.0.1:80");
    await using second = await first.restart(async () => {
      await heard.untilTrouble(/Cannot read "http:\/\/127\.0\.0\.1:\d+\//);
      assert.equal(heard.hosts, "web: 10.0.0.1:80");
    });
    await second.put("/services/web/web/0", unit(81));
    await heard.untilHosts("web: 10.0.0.1:81");
    assert.equal(heard.troubles.at(-1), undefined);
  },
);

Deno.test("etcdSource() asks the next member when one is away [etcd]", withEtcd, async () => {
  await using etcd = await EtcdPeer.start();
  await etcd.put("/services/web/web/0", unit(80));
  const away = new URL("http://127.0.0.1:1/");
  await using heard = new Heard(etcdSource("own", { ...QUICK, urls: [away, etcd.url] }));
  await heard.untilHosts("web: 10.0.0.1:80");
});

Deno.test(
  "etcdSource() reads all keys again when the revision that it needs was compacted [etcd]",
  withEtcd,
  async () => {
    await using etcd = await EtcdPeer.start();
    await etcd.put("/services/web/web/0", unit(80));
    const held = Promise.withResolvers<void>();
    const watching = Promise.withResolvers<void>();
    let watches = 0;
    await using heard = new Heard(etcdSource("own", {
      ...QUICK,
      urls: [etcd.url],
      // Between the reading and the watching, others write and compact.
      fetch: async (url, init) => {
        if (url.pathname === "/v3/watch" && ++watches === 1) {
          watching.resolve();
          await held.promise;
        }
        return await fetch(url, init);
      },
    }));
    await heard.untilHosts("web: 10.0.0.1:80");
    await watching.promise;
    await etcd.put("/services/web/web/0", unit(81));
    await etcd.put("/services/web/web/0", unit(82));
    const { header } = await etcd.post("kv/range", { key: btoa("x") });
    const revision = typeof header === "object" && header !== null && "revision" in header
      ? header.revision
      : undefined;
    await etcd.post("kv/compaction", { revision });
    held.resolve();
    await heard.untilHosts("web: 10.0.0.1:82");
    assert.deepEqual([watches >= 1, heard.troubles], [true, []]);
    await etcd.put("/services/web/web/0", unit(83));
    await heard.untilHosts("web: 10.0.0.1:83");
    assert.equal(watches, 2);
  },
);

Deno.test("etcdSource() logs in [etcd]", withEtcd, async () => {
  const passwordFile = await Deno.makeTempFile();
  await Deno.writeTextFile(passwordFile, "wrong\n");
  {
    await using etcd = await EtcdPeer.start();
    await etcd.put("/services/web/web/0", unit(80));
    await etcd.post("auth/user/add", { name: "root", password: "secret" });
    await etcd.post("auth/role/add", { name: "root" });
    await etcd.post("auth/user/grant", { user: "root", role: "root" });
    await etcd.post("auth/enable", {});
    const options = { ...QUICK, urls: [etcd.url], user: "root", passwordFile };
    await using heard = new Heard(etcdSource("own", options));
    await heard.untilTrouble(/it answered 400 ".*authentication failed/);
    await Deno.writeTextFile(passwordFile, "secret\n");
    await heard.untilHosts("web: 10.0.0.1:80");
    const { token } = await etcd.post("auth/authenticate", { name: "root", password: "secret" });
    await etcd.post("kv/put", { key: btoa("/services/web/web/1"), value: btoa("10.0.0.2:80") }, String(token));
    await heard.untilHosts("web: 10.0.0.1:80 10.0.0.2:80");
    await using locked = new Heard(etcdSource("other", { ...QUICK, urls: [etcd.url] }));
    await locked.untilTrouble(/it answered 400 "etcdserver: user name is empty"/);
  }
  await Deno.remove(passwordFile);
});

Deno.test("etcdSource() reads all keys again after a while without any change [etcd]", withEtcd, async () => {
  await using etcd = await EtcdPeer.start();
  await etcd.put("/services/web/web/0", unit(80));
  let watches = 0;
  const enough = Promise.withResolvers<void>();
  // A connection that was lost silently: nothing ever comes.
  const silent = (init: RequestInit) =>
    new Promise<Response>((resolve) => {
      if (++watches === 3) enough.resolve();
      const body = new ReadableStream({
        start: (controller) => init.signal?.addEventListener("abort", () => controller.error(init.signal?.reason)),
      });
      resolve(new Response(body));
    });
  await using heard = new Heard(etcdSource("own", {
    ...QUICK,
    urls: [etcd.url],
    intervalMs: 50,
    fetch: (url, init) => url.pathname === "/v3/watch" ? silent(init) : fetch(url, init),
  }));
  await heard.untilHosts("web: 10.0.0.1:80");
  await etcd.put("/services/web/web/0", unit(81));
  await heard.untilHosts("web: 10.0.0.1:81");
  await enough.promise;
  assert.deepEqual(heard.troubles, []);
});
