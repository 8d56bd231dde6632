import assert from "node:assert/strict";
import { Client } from "../../../lib/client/mod.ts";
import { type Reloaded, ReloadWatch } from "../../../lib/services/reload/mod.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

/** Reloads as they are told, one after the other. */
class Told {
  #next = Promise.withResolvers<Reloaded>();
  readonly onReload = (reloaded: Reloaded) => this.#next.resolve(reloaded);

  async next(): Promise<Reloaded> {
    const told = await this.#next.promise;
    this.#next = Promise.withResolvers();
    return told;
  }
}

testEachHaproxy("ReloadWatch tells each reload within two seconds", { ...REALISTIC, master: true }, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  await using master = new Client(haproxy.masterSocketPath, { master: "master" });
  const told = new Told();
  const first = Promise.withResolvers<number>();
  await using watch = new ReloadWatch({
    client,
    master,
    onReload: told.onReload,
    onFirst: ({ pid }) => first.resolve(pid),
  });
  watch.start();
  let before = await first.promise;
  assert.equal(before, await haproxy.workerPid());
  for (let reload = 0; reload < 2; reload++) {
    await haproxy.reload();
    const startedAt = performance.now();
    const reloaded = await told.next();
    assert.ok(performance.now() - startedAt < 2_000);
    assert.equal(reloaded.before.pid, before);
    assert.equal(reloaded.after.pid, await haproxy.workerPid());
    before = reloaded.after.pid;
  }
});

testEachHaproxy("ReloadWatch sees through a master's socket alone", { ...REALISTIC, master: true }, async (haproxy) => {
  await using client = new Client(haproxy.masterSocketPath, { master: "worker" });
  const told = new Told();
  const first = Promise.withResolvers<number>();
  const onFirst = ({ pid }: { readonly pid: number }) => first.resolve(pid);
  await using watch = new ReloadWatch({ client, onReload: told.onReload, onFirst });
  watch.start();
  assert.equal(await first.promise, await haproxy.workerPid());
  await haproxy.reload();
  assert.equal((await told.next()).after.pid, await haproxy.workerPid());
});

testEachHaproxy("ReloadWatch says that HAProxy is away, and that it is back as another", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const told = new Told();
  const first = Promise.withResolvers<void>();
  const away = Promise.withResolvers<string>();
  const back = Promise.withResolvers<void>();
  await using watch = new ReloadWatch({
    client,
    onReload: told.onReload,
    onFirst: () => first.resolve(),
    onAway: (why) => why === undefined ? back.resolve() : away.resolve(why),
  });
  watch.start();
  await first.promise;
  await haproxy.kill();
  assert.match(await away.promise, /^Cannot connect/);
  await haproxy.start();
  await back.promise;
  assert.equal((await told.next()).after.pid, await haproxy.workerPid());
});

testEachHaproxy("ReloadWatch tells a restart with the same process number", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const told = new Told();
  // As in a container, where HAProxy is always the same number.
  const known = { pid: await haproxy.workerPid(), started_at: 1_000_000, version: "3.0.0" };
  await using watch = new ReloadWatch({ client, known, onReload: told.onReload });
  watch.start();
  const { before, after } = await told.next();
  assert.deepEqual(before, known);
  assert.equal(after.pid, known.pid);
  assert.ok(after.started_at > 1_700_000_000);
});
