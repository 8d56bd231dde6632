import assert from "node:assert/strict";
import { startBackend } from "../../../scripts/haproxy/backends.ts";
import type { LaunchContext, RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { inFolder, startService } from "./started_service.ts";

const HAPROXY = {
  config: (c: LaunchContext) => `
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend fe
  bind 127.0.0.1:${c.port("fe")}
  default_backend web
backend web
  balance roundrobin
`,
};

const ROUTE = '[services]\nmin_ttl = "1ms"\ndrain = "1s"\n[[route]]\nservice = "web"\nbackend = "web"\nmin_share = 0\n';

async function configure(folder: string, more = ""): Promise<string> {
  const file = `${folder}/happi.toml`;
  await Deno.writeTextFile(file, ROUTE.replace("[[route]]", `${more}\n[[route]]`));
  return file;
}

async function answer(haproxy: RunningHaproxy): Promise<string> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    const response = await fetch(`http://127.0.0.1:${haproxy.port("fe")}/`, { client });
    return `${response.status} ${(await response.text()).trim()}`;
  } finally {
    client.close();
  }
}

async function servers(haproxy: RunningHaproxy): Promise<string> {
  return await haproxy.ask("show servers state web");
}

testEachHaproxy("PUT brings a server into HAProxy, and the end of its lease takes it out", HAPROXY, async (haproxy) => {
  await inFolder(async (folder) => {
    await using backend = startBackend({ name: "one" });
    await using service = await startService(folder, ["-c", await configure(folder), "-p", haproxy.socketPath]);
    assert.match(await answer(haproxy), /^503/);
    const unit = { hostname: "127.0.0.1", port: backend.port, weight: 5, ttl: 60 };
    await service.ask("PUT", "services/web/units/web%2F0", unit);
    await service.until(/add web\/happi-web-0/);
    assert.equal(await answer(haproxy), "200 one");
    await service.ask("PUT", "services/web/units/web%2F0", { ...unit, ttl: 0.01 });
    await service.until(/drain web\/happi-web-0/);
    await service.until(/delete web\/happi-web-0/);
    assert.doesNotMatch(await servers(haproxy), /happi-web/);
    assert.match(await answer(haproxy), /^503/);
    await service.until(/Service "web" was removed/);
    assert.match((await service.happi("list")).errors, /there are no services/);
  });
});

testEachHaproxy("happi service plan shows commands and why, and --apply carries them out", HAPROXY, async (haproxy) => {
  await inFolder(async (folder) => {
    await using backend = startBackend({ name: "one" });
    const file = await configure(folder, "apply = false");
    await using service = await startService(folder, ["-c", file, "-p", haproxy.socketPath]);
    await service.ask("PUT", "services/web/units/web%2F0", { hostname: "127.0.0.1", port: backend.port });
    const plan = await service.happi("plan");
    assert.equal(plan.status, 0);
    assert.match(plan.output, /\+ add web\/happi-web-0: /);
    assert.match(plan.output, /add server web\/happi-web-0 127\.0\.0\.1:\d+/);
    assert.match(await answer(haproxy), /^503/);
    const applied = await service.happi("plan", "--apply");
    assert.deepEqual([applied.status, applied.errors], [0, ""]);
    assert.equal(await answer(haproxy), "200 one");
    assert.match((await service.happi("plan")).output, /Nothing to do/);
  });
});

testEachHaproxy("happi service plan holds back what takes too much, until it is forced", HAPROXY, async (haproxy) => {
  await inFolder(async (folder) => {
    await using backend = startBackend({ name: "one" });
    const file = await configure(folder, "apply = false");
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace("min_share = 0", "min_share = 1"));
    await using service = await startService(folder, ["-c", file, "-p", haproxy.socketPath]);
    await service.ask("PUT", "services/web/units/web%2F0", { hostname: "127.0.0.1", port: backend.port });
    await service.happi("plan", "--apply");
    await service.ask("DELETE", "services/web/units/web%2F0");
    const held = await service.happi("plan", "--apply");
    assert.equal(held.status, 1);
    assert.match(held.errors, /Backend "web" was held back: --force does it all the same/);
    assert.equal(await answer(haproxy), "200 one");
    assert.equal((await service.happi("plan", "--apply", "--force")).status, 0);
    await service.until(/delete web\/happi-web-0/);
    assert.match(await answer(haproxy), /^503/);
  });
});

testEachHaproxy("happi service takes other routes on SIGHUP", HAPROXY, async (haproxy) => {
  await inFolder(async (folder) => {
    await using backend = startBackend({ name: "two" });
    const file = await configure(folder);
    await using service = await startService(folder, ["-c", file, "-p", haproxy.socketPath]);
    await service.ask("PUT", "services/api/units/0", { hostname: "127.0.0.1", port: backend.port });
    await Deno.writeTextFile(file, ROUTE.replace('service = "web"', 'service = "api"'));
    service.environment.hangUp();
    await service.until(/add web\/happi-api-0/);
    assert.equal(await answer(haproxy), "200 two");
    await Deno.writeTextFile(file, "[[route]]\n");
    service.environment.hangUp();
    await service.until(/Nothing was reloaded: .*line 1/);
  });
});
