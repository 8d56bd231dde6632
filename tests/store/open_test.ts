/** The store in a file: who may read it, what it survives, who else has it open. */

import assert from "node:assert/strict";
import { openStore, type OpenStoreOptions, StoreFailed } from "../../lib/store/mod.ts";

async function temporary(): Promise<{ readonly directory: string } & AsyncDisposable> {
  const directory = await Deno.makeTempDir();
  return { directory, [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }) };
}

async function valueIn(options: OpenStoreOptions, key: string): Promise<unknown> {
  await using store = await openStore(options);
  return (await store.get(key))?.value;
}

Deno.test("openStore() makes the directory and its files for their owner alone", async () => {
  await using place = await temporary();
  const directory = `${place.directory}/state/happi`;
  await using store = await openStore({ directory });
  await store.put("a", 1);
  const modes = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
  assert.equal(await modes(directory), 0o700);
  for await (const { name } of Deno.readDir(directory)) {
    assert.equal(await modes(`${directory}/${name}`), 0o600, name);
  }
});

Deno.test("openStore() finds what was put before, and the counter goes on", async () => {
  await using place = await temporary();
  {
    await using store = await openStore(place);
    await store.put("a", 1);
    await store.delete("a");
    await store.put("b", 2);
  }
  await using store = await openStore(place);
  assert.equal((await store.get("b"))?.revision, 3);
  assert.equal((await store.put("c", 3)).revision, 4);
});

Deno.test("openStore() finds what was put by a process that was killed", async () => {
  await using place = await temporary();
  await using child = await startWriter(place.directory);
  child.process.kill("SIGKILL");
  await child.process.status;
  assert.equal(await valueIn(place, "child/99"), 99);
});

Deno.test("openStore() tells a watch what another process changes", async () => {
  await using place = await temporary();
  await using store = await openStore({ ...place, pollMs: 20 });
  const changes = store.watch("child/");
  await using _child = await startWriter(place.directory);
  const keys: string[] = [];
  while (keys.length < 100) {
    keys.push(await changes.next().then(({ value }) => value?.kind === "put" ? value.key : "?"));
  }
  assert.deepEqual(keys, Array.from({ length: 100 }, (_, at) => `child/${at}`));
  await changes.return?.();
});

Deno.test("openStore() lets two processes count one up, and nothing is lost", async () => {
  await using place = await temporary();
  await using one = await openStore(place);
  await using two = await openStore(place);
  const countUp = async (store: typeof one): Promise<void> => {
    const entry = await store.get("count");
    await store.put("count", Number(entry?.value ?? 0) + 1, { expected: entry?.revision ?? 0 }).catch((thrown) => {
      if (thrown.code !== "revision_conflict") throw thrown;
      return countUp(store);
    });
  };
  await Promise.all(Array.from({ length: 50 }, (_, at) => countUp(at % 2 === 0 ? one : two)));
  assert.equal((await one.get("count"))?.value, 50);
});

/** What may have become of the file. */
const BREAKAGES: Readonly<Record<string, (file: string) => Promise<void>>> = {
  "another file in its place": (file) =>
    Deno.writeTextFile(file, "this is no database, it never was one\n".repeat(200)),
  async "pages of noise"(file) {
    const bytes = await Deno.readFile(file);
    crypto.getRandomValues(bytes.subarray(4096, 4096 + 8192));
    await Deno.writeFile(file, bytes);
  },
  "its first half": async (file) => await Deno.truncate(file, 6000),
};

for (const [what, breakIt] of Object.entries(BREAKAGES)) {
  Deno.test(`openStore() puts a broken file aside, tells, and begins anew: ${what}`, async () => {
    await using place = await temporary();
    {
      await using store = await openStore(place);
      for (let at = 0; at < 200; at++) await store.put(`key/${at}`, "x".repeat(100));
    }
    await breakIt(`${place.directory}/happi.db`);
    const asides: string[] = [];
    await using store = await openStore({ ...place, onPutAside: ({ path }) => asides.push(path) });
    assert.equal(asides.length, 1);
    assert.ok((await Deno.stat(asides[0] ?? "")).size > 0, "it is still there for people to look at");
    assert.deepEqual(await store.list(""), { revision: 0, entries: [] });
    assert.equal((await store.put("a", 1)).revision, 1);
  });
}

Deno.test("openStore() goes on with a new file when its own was taken away, and watches are told", async () => {
  await using place = await temporary();
  const asides: string[] = [];
  const options = { ...place, onPutAside: ({ why }: { readonly why: string }) => asides.push(why) };
  await using store = await openStore({ ...options, pollMs: 20 });
  await store.put("a", 1);
  const changes = store.watch("");
  for (const end of ["", "-wal", "-shm"]) await Deno.remove(`${place.directory}/happi.db${end}`);
  await Deno.writeTextFile(`${place.directory}/happi.db`, "noise ".repeat(3000));
  await using again = await openStore(options);
  await again.put("b", 2);
  assert.equal(asides.length, 1);
  await store.put("c", 3);
  assert.deepEqual((await again.list("")).entries.map(({ key }) => key), ["b", "c"]);
  assert.deepEqual((await changes.next()).value, { kind: "reset", revision: 2 });
  await changes.return?.();
});

Deno.test("openStore() says that it is full, and goes on when there is room", async () => {
  await using place = await temporary();
  await using store = await openStore({ ...place, maxBytes: 200_000, history: 1 });
  const full = async () => {
    for (let at = 0;; at++) await store.put(`key/${at}`, "x".repeat(20_000));
  };
  await assert.rejects(full(), (thrown) => {
    assert.ok(thrown instanceof StoreFailed);
    assert.match(
      thrown.message,
      /^Cannot keep "key\/\d+" in the store: the disk, or the store's largest size, is full$/,
    );
    return true;
  });
  assert.ok(await store.get("key/0"), "what is there can still be read");
  await store.delete("key/0");
  await store.delete("key/1");
  await store.put("small", 1);
});

Deno.test("openStore() says why there can be no file", async () => {
  await using place = await temporary();
  await Deno.writeTextFile(`${place.directory}/file`, "");
  await assert.rejects(openStore({ directory: `${place.directory}/file` }), {
    code: "store_failed",
    message: `Cannot open the store "${place.directory}/file/happi.db": there is a file in the place of its directory`,
  });
  await assert.rejects(openStore({ directory: "/proc/happi" }), (thrown) => {
    assert.ok(thrown instanceof StoreFailed);
    return /^Cannot open the store "\/proc\/happi\/happi.db": /.test(thrown.message);
  });
});

/** A process that puts child/0 to child/99, says so, and stays. */
async function startWriter(directory: string): Promise<{ process: Deno.ChildProcess } & AsyncDisposable> {
  const store = new URL("../../lib/store/mod.ts", import.meta.url).href;
  const code = `
    import { openStore } from ${JSON.stringify(store)};
    const store = await openStore({ directory: ${JSON.stringify(directory)} });
    for (let at = 0; at < 100; at++) await store.put("child/" + at, at);
    console.log("done");
    await new Promise(() => setInterval(() => {}, 60_000));
  `;
  const file = `${directory}/writer.ts`;
  await Deno.writeTextFile(file, code);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", config, file],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  await reader.read();
  return {
    process,
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await process.status;
    },
  };
}
