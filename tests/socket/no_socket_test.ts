/** Nobody to speak with: each way of that has an error of its own. */
import assert from "node:assert/strict";
import { NoSocket, NotASocket, Socket, SocketError, SocketTimeout } from "../../lib/socket/mod.ts";

/** Every way to speak over a socket. */
const WAYS: Readonly<Record<string, (socket: Socket) => Promise<unknown>>> = {
  "send()": (socket) => socket.send("show version"),
  "send() with reuse": (socket) => socket.send("show version", { reuse: true }),
  "send() with a payload": (socket) => socket.send("add map #0", { payload: "a\n\nb" }),
  "batch()": (socket) => socket.batch(["show version", "show info"]),
  "batch() on connections of their own": (socket) => socket.batch(["show stat", "show env"]),
  "stream()": (socket) => Array.fromAsync(socket.stream("show events buf0 -w")),
};

/** Calls in every way, and checks the error that each ends in. */
async function everyWay(t: Deno.TestContext, address: string, check: (thrown: unknown) => void): Promise<void> {
  for (const [way, run] of Object.entries(WAYS)) {
    for (const master of [undefined, "worker"] as const) {
      await t.step(`${way}${master ? " through a master" : ""}`, async () => {
        await using socket = new Socket(address, {
          connectTimeoutMs: 200,
          timeoutMs: 5000,
          ...(master ? { master } : {}),
        });
        await run(socket).then(() => assert.fail("it was answered"), check);
        await run(socket).then(() => assert.fail("it was answered"), check);
      });
    }
  }
}

function isOf(
  kind: typeof SocketError | typeof NoSocket | typeof NotASocket,
  words: RegExp,
): (thrown: unknown) => void {
  return (thrown) => {
    assert.ok(thrown instanceof SocketError, String(thrown));
    assert.equal(thrown.constructor, kind);
    assert.match(thrown.message, words);
  };
}

/** A temporary folder that goes with the test. */
function temporary(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync({ prefix: "happi-none-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test("a path without a file is NoSocket", async (t) => {
  using dir = temporary();
  const path = `${dir.path}/none.sock`;
  await everyWay(
    t,
    path,
    isOf(NoSocket, /^Cannot connect to ".*none\.sock": there is no such file; is HAProxy running/),
  );
});

Deno.test("a path below a file is NoSocket", async (t) => {
  using dir = temporary();
  Deno.writeTextFileSync(`${dir.path}/file`, "");
  await everyWay(t, `${dir.path}/file/none.sock`, isOf(NoSocket, /^Cannot connect to ".*": /));
});

Deno.test("a socket that nobody listens on any more is NoSocket", async (t) => {
  using dir = temporary();
  const path = `${dir.path}/left.sock`;
  const listener = Deno.listen({ transport: "unix", path: `${path}.first` });
  Deno.linkSync(`${path}.first`, path); // Deno would take the file away with the listener
  listener.close();
  await everyWay(t, path, isOf(NoSocket, /nobody listens there/));
});

Deno.test("a port that nobody listens on is NoSocket", async (t) => {
  await everyWay(t, "127.0.0.1:1", isOf(NoSocket, /nobody listens there/));
});

Deno.test("a host that does not exist is NoSocket", async () => {
  await using socket = new Socket("nobody.invalid:9999", { connectTimeoutMs: 20_000 });
  await socket.send("show version").then(
    () => assert.fail("it was answered"),
    isOf(NoSocket, /^Cannot connect to "nobody\.invalid:9999": /),
  );
});

Deno.test("a regular file and a folder are NotASocket", async (t) => {
  using dir = temporary();
  const file = `${dir.path}/file`;
  Deno.writeTextFileSync(file, "");
  Deno.symlinkSync(file, `${dir.path}/link`);
  await everyWay(t, file, isOf(NotASocket, /it is a regular file, not a socket$/));
  await everyWay(t, `${dir.path}/link`, isOf(NotASocket, /it is a regular file, not a socket$/));
  await everyWay(t, dir.path, isOf(NotASocket, /it is a directory, not a socket$/));
});

Deno.test("a socket with a full backlog is SocketTimeout, or an answer when there is room again", async (t) => {
  using dir = temporary();
  const path = `${dir.path}/full.sock`;
  const listener = Deno.listen({ transport: "unix", path });
  const waiting: Deno.Conn[] = [];
  try {
    for (;;) waiting.push(await Deno.connect({ transport: "unix", path }));
  } catch (thrown) {
    assert.ok(thrown instanceof Deno.errors.WouldBlock, String(thrown));
  }
  await everyWay(t, path, (thrown) => {
    assert.ok(thrown instanceof SocketTimeout, String(thrown));
    assert.equal(thrown.step, "connect");
    assert.match(thrown.message, /no connect within 200 ms$/);
  });
  await t.step("send() with its signal aborted", async () => {
    await using socket = new Socket(path);
    const reason = new Error("enough");
    const controller = new AbortController();
    const calls = [{}, { reuse: true }].map((options) => {
      const call = socket.send("show version", { ...options, signal: controller.signal });
      return assert.rejects(call, (thrown) => thrown === reason);
    });
    controller.abort(reason);
    await Promise.all(calls);
  });
  await t.step("send() when there is room again", async () => {
    await using socket = new Socket(path, { connectTimeoutMs: 60_000 });
    const call = socket.send("show version");
    const answering = (async () => {
      for await (const conn of listener) {
        const mine = waiting.shift();
        mine?.close();
        if (!mine) {
          await conn.write(new TextEncoder().encode("\n3.2\n\n[6]: admin\n\n"));
          conn.close();
          return; // which closes the listener
        }
        conn.close();
      }
    })();
    assert.equal(await call, "3.2\n\n");
    await answering;
  });
});

/** Runs a piece of a program with `Socket` in it in another Deno, as another user where this one may do everything. */
async function elsewhere(dir: string, code: string, permissions: readonly string[]): Promise<string> {
  const root = new URL("../../", import.meta.url);
  for (const folder of ["", "/lib", "/lib/socket", "/lib/net", "/cache"]) {
    await Deno.mkdir(dir + folder, { recursive: true });
    await Deno.chmod(dir + folder, 0o777);
  }
  for (const folder of ["lib/", "lib/socket/", "lib/net/"]) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, root))) {
      if (isFile) await Deno.copyFile(new URL(folder + name, root), `${dir}/${folder}${name}`);
    }
  }
  await Deno.writeTextFile(`${dir}/main.ts`, `import { Socket } from "./lib/socket/mod.ts";\n${code}`);
  const deno = `${dir}/deno`; // the one that runs may be in a folder that nobody else may enter
  await Deno.copyFile(Deno.execPath(), deno);
  await Deno.chmod(deno, 0o755);
  const run = [deno, "run", "--no-config", "--no-prompt", ...permissions, `${dir}/main.ts`];
  const asOther = Deno.uid() === 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];
  const [command = "", ...args] = [...asOther, ...run];
  const { stdout, stderr, success } = await new Deno.Command(command, {
    args,
    cwd: dir,
    env: { DENO_DIR: `${dir}/cache`, HOME: dir, NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const REPORT = `.catch((thrown) => console.log(thrown.name + " | " + thrown.message));`;

Deno.test("a socket that this user may not open is SocketForbidden", async () => {
  using dir = temporary();
  const path = `${dir.path}/closed.sock`;
  using _listener = Deno.listen({ transport: "unix", path });
  await Deno.chmod(path, 0o000);
  const code = `await new Socket(${JSON.stringify(path)}).send("show version")${REPORT}`;
  assert.match(
    await elsewhere(dir.path, code, ["-A"]),
    /^SocketForbidden \| Cannot connect to ".*closed\.sock": permission denied; is this user in the group/,
  );
});

Deno.test("a socket that Deno may not open is SocketForbidden", async () => {
  using dir = temporary();
  const path = `${dir.path}/closed.sock`;
  using _listener = Deno.listen({ transport: "unix", path });
  const code = `await new Socket(${JSON.stringify(path)}).send("show version")${REPORT}`;
  assert.match(
    await elsewhere(dir.path, code, []),
    /^SocketForbidden \| Cannot connect to ".*": Deno was started without the permission/,
  );
});

Deno.test("an idle session does not keep the process alive, and a call does", async () => {
  using dir = temporary();
  const path = `${dir.path}/alive.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  await Deno.chmod(path, 0o777);
  const code = `
    const socket = new Socket(${JSON.stringify(path)});
    console.log((await socket.send("show version", { reuse: true })).trim());
    const startedAt = performance.now();
    addEventListener("unload", () => console.log(performance.now() - startedAt < 900 ? "left at once" : "hung about"));
  `;
  const answering = (async () => {
    using conn = await listener.accept();
    const buffer = new Uint8Array(1000);
    await conn.read(buffer);
    await conn.write(new TextEncoder().encode("\n\n> "));
    await conn.read(buffer);
    const { promise: later, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 300); // long enough for a process that nothing keeps alive to end
    await later;
    await conn.write(new TextEncoder().encode("3.2\n\n> "));
    await conn.read(buffer);
  })();
  assert.equal(await elsewhere(dir.path, code, ["-A"]), "3.2\nleft at once\n");
  await answering;
});
