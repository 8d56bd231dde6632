import assert from "node:assert/strict";
import { freePort, inFolder, startService } from "./started_service.ts";

/** A server as a command: it answers on the port, and ends with status 3 on SIGTERM. */
function serverOn(port: number): string[] {
  const code = `Deno.addSignalListener("SIGTERM", () => Deno.exit(3));
    Deno.serve({ hostname: "127.0.0.1", port: ${port}, onListen() {} }, () => new Response("served"));`;
  return [Deno.execPath(), "eval", code];
}

Deno.test("happi service provide registers a command when its port answers, and drains it before it ends it", async () => {
  await inFolder(async (folder) => {
    const port = freePort();
    await using service = await startService(folder);
    await using watch = service.start("watch");
    const options = ["--port", `${port}`, "--unit", "web/0", "--weight", "9", "--drain", "300ms"];
    const provide = service.start("provide", "web", ...options, "--", ...serverOn(port));
    await provide.until(/"web\/0" is registered for service "web"/);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "served");
    assert.match((await service.happi("get", "web")).output, /web\/0 +127\.0\.0\.1:\d+ +ready +9 +1\ds/);
    const ended = provide.stop();
    await watch.until(/\(drain\)/);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "served", "requests end in peace");
    await watch.until(/^web: gone$/m);
    assert.equal((await ended).status, 3);
  });
});

Deno.test("happi service provide takes a command out that ends by itself, and passes its exit status on", async () => {
  await inFolder(async (folder) => {
    const port = freePort();
    await using service = await startService(folder);
    const provide = service.start("provide", "web", "--port", `${port}`, "--", ...serverOn(port));
    await provide.until(/is registered/);
    const [, unit = ""] = await provide.until(/"(\S+)" is registered/);
    assert.equal(unit, `web/127.0.0.1:${port}`);
    // As an operator would end the command itself.
    const { status } = await endCommand(port, provide);
    assert.equal(status, 3);
    assert.match((await service.happi("list")).errors, /there are no services/);
  });
});

/** Sends SIGTERM to whoever listens on the port; waits for happi. */
async function endCommand<T>(port: number, { ended }: { readonly ended: Promise<T> }): Promise<T> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.includes(`port: ${port},`)) Deno.kill(Number(name), "SIGTERM");
  }
  return await ended;
}

Deno.test("happi service provide goes on while happi service is away, and registers anew", async () => {
  await inFolder(async (folder) => {
    const port = freePort();
    const listen = `127.0.0.1:${freePort()}`;
    const first = await startService(folder, [], listen);
    const provide = first.start(
      "provide",
      "web",
      "--port",
      `${port}`,
      "--ttl",
      "1s",
      "--drain",
      "0s",
      "--",
      ...serverOn(port),
    );
    await provide.until(/is registered/);
    await first.stop();
    await provide.until(/Cannot reach the services' HTTP API/);
    // Another one, which knows nothing of it.
    await inFolder(async (other) => {
      await using second = await startService(other, [], listen);
      await provide.until(/is registered(?:.|\n)*is registered/);
      assert.match((await second.happi("list")).output, new RegExp(`127\\.0\\.0\\.1:${port} +ready`));
      assert.equal((await provide.stop()).status, 3);
      assert.match((await second.happi("list")).errors, /there are no services/);
    });
  });
});

Deno.test("happi service provide ends the command when the unit is refused", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/happi.toml`;
    await Deno.writeTextFile(file, '[services]\nmax_ttl = "2s"\n');
    const port = freePort();
    await using service = await startService(folder, ["-c", file]);
    const provide = service.start("provide", "web", "--port", `${port}`, "--", ...serverOn(port));
    const { status, errors } = await provide.ended;
    assert.deepEqual([status, /a lease lasts from 1 to 2 seconds, not 15/.test(errors)], [1, true]);
  });
});

Deno.test("happi service provide does not register a command that never answers", async () => {
  await inFolder(async (folder) => {
    await using service = await startService(folder);
    const { status, errors } = await service.happi(
      "provide",
      "web",
      "--port",
      `${freePort()}`,
      "--",
      "sh",
      "-c",
      "exit 4",
    );
    assert.deepEqual([status, errors], [4, ""]);
  });
});
