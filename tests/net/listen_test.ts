import assert from "node:assert/strict";
import { Acceptor, CannotListen, canReusePort, listenStream } from "../../lib/net/mod.ts";

async function inTempDir(test: (path: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    await test(`${dir}/a.sock`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("listenStream() replaces the socket of a process that has gone", () =>
  inTempDir(async (path) => {
    // A listener whose file was moved away leaves a socket behind that nobody listens on.
    const gone = Deno.listen({ transport: "unix", path: `${path}.old` });
    await Deno.rename(`${path}.old`, path);
    gone.close();
    assert.ok((await Deno.lstat(path)).isSocket);
    using listener = await listenStream({ transport: "unix", path });
    const accepted = listener.accept();
    using _client = await Deno.connect({ transport: "unix", path });
    (await accepted).close();
  }));

Deno.test("listenStream() does not take a socket that somebody listens on, nor a file", () =>
  inTempDir(async (path) => {
    using first = await listenStream({ transport: "unix", path });
    const accepted = first.accept();
    await assert.rejects(listenStream({ transport: "unix", path }), /somebody listens there already$/);
    (await accepted).close();
    await Deno.writeTextFile(`${path}.txt`, "keep");
    await assert.rejects(listenStream({ transport: "unix", path: `${path}.txt` }), CannotListen);
    assert.equal(await Deno.readTextFile(`${path}.txt`), "keep");
  }));

Deno.test("listenStream() says which port is taken", async () => {
  using first = await listenStream({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
  await assert.rejects(listenStream(first.address), {
    name: "CannotListen",
    code: "cannot_listen",
    message: /^Cannot listen on "127\.0\.0\.1:\d+": the address is in use$/,
  });
});

Deno.test("listenStream() with reusePort shares a port with others that want to share it, and with nobody else", async () => {
  assert.ok(canReusePort(), "deno.json says so");
  using first = await listenStream({ transport: "tcp", hostname: "127.0.0.1", port: 0 }, { reusePort: true });
  using second = await listenStream(first.address, { reusePort: true });
  assert.deepEqual(second.address, first.address);
  await assert.rejects(listenStream(first.address), /the address is in use$/);
  assert.ok(first.address.transport === "tcp");
  // The kernel spreads connections; both get some before long.
  const { port } = first.address;
  const [one, two] = [first.accept(), second.accept()];
  const ends: Deno.Conn[] = [];
  const both = Promise.all([one, two]).then((served) => ends.push(...served));
  while (ends.length === 0) {
    const client = await Deno.connect({ port });
    await Promise.race([both, one, two]);
    client.close();
  }
  for (const end of ends) end.close();
});

Deno.test("listenStream() with reusePort is refused in words where Deno was not told --unstable-net", async () => {
  const net = new URL("../../lib/net/mod.ts", import.meta.url);
  const script = `
    import { canReusePort, listenStream } from ${JSON.stringify(net)};
    const address = { transport: "tcp", hostname: "127.0.0.1", port: 0 };
    (await listenStream(address)).close();
    const why = await listenStream(address, { reusePort: true }).catch((thrown) => thrown.message);
    console.log(JSON.stringify([canReusePort(), why]));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "-A", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout } = await child.output();
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
    false,
    'Cannot listen on "127.0.0.1:0": a port is shared only with --unstable-net',
  ]);
});

Deno.test("Acceptor goes on after a failure, and serves no more at once than allowed", async () => {
  const inner = await listenStream({ transport: "tcp", hostname: "127.0.0.1", port: 0 });
  assert.ok(inner.address.transport === "tcp");
  const { port } = inner.address;
  let failures = 1;
  const faults: unknown[] = [];
  const ends: (() => void)[] = [];
  const served = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const acceptor = new Acceptor({
    ...inner,
    accept: () => failures-- > 0 ? Promise.reject(new Error("no file descriptors")) : inner.accept(),
  }, {
    maxConnections: 1,
    onFault: (cause) => faults.push(cause),
    async serve(conn) {
      served[ends.length]?.resolve();
      await new Promise<void>((resolve) => ends.push(resolve));
      conn.close();
    },
  });
  using _a = await Deno.connect({ port });
  using _b = await Deno.connect({ port });
  await served[0]?.promise;
  assert.deepEqual([acceptor.connections, faults.length], [1, 1]);
  ends[0]?.();
  await served[1]?.promise;
  assert.equal(acceptor.connections, 1);
  acceptor.stop();
  ends[1]?.();
  await acceptor.finished();
  assert.equal(acceptor.connections, 0);
});
