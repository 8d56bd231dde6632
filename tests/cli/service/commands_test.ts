import assert from "node:assert/strict";
import { happi } from "../fake_environment.ts";
import { freePort, inFolder, startService } from "./started_service.ts";

const WEB = { hostname: "10.0.0.1", port: 80, weight: 7, ttl: 60 };

Deno.test("happi service list and get show units, where they answer and their leases", async () => {
  await inFolder(async (folder) => {
    await using service = await startService(folder);
    assert.match((await service.happi("list")).errors, /there are no services/);
    await service.ask("PUT", "services/web/units/web%2F0", WEB);
    await service.ask("PUT", "services/api/units/api%2F0", { hostname: "::1", port: 1, state: "drain" });
    const { status, output } = await service.happi("list");
    assert.equal(status, 0);
    assert.match(output, /^service +unit +hosts +state/);
    assert.match(output, /api +api\/0 +\[::1\]:1 +drain/);
    assert.match(output, /web +web\/0 +10\.0\.0\.1:80 +ready/);
    assert.match((await service.happi("get", "web")).output, /web\/0 +10\.0\.0\.1:80 +ready +7 +(60|59)s/);
    const { output: json } = await service.happi("list", "--http-interface");
    assert.deepEqual(JSON.parse(json), [{ service_name: "web", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]);
    assert.equal(JSON.parse((await service.happi("list", "--json")).output).services.length, 2);
  });
});

Deno.test("happi service get says which service is missing", async () => {
  await inFolder(async (folder) => {
    await using service = await startService(folder);
    const { status, errors } = await service.happi("get", "nobody");
    assert.deepEqual([status, errors], [1, 'happi: Cannot find service "nobody": nobody has registered it\n']);
  });
});

Deno.test("happi service watch shows what changes, and goes on after a restart", async () => {
  await inFolder(async (folder) => {
    const listen = `127.0.0.1:${freePort()}`;
    const first = await startService(folder, [], listen);
    await first.ask("PUT", "services/web/units/web%2F0", WEB);
    await using watch = first.start("watch");
    await watch.until(/^web: web\/0 10\.0\.0\.1:80$/m);
    await first.ask("POST", "services/web/units/web%2F0/drain");
    await watch.until(/^web: web\/0 10\.0\.0\.1:80 \(drain\)$/m);
    await first.stop();
    await watch.until(/Cannot reach the services' HTTP API/);
    await using second = await startService(folder, [], listen);
    await watch.until(/the services are back/);
    await second.ask("DELETE", "services/web/units/web%2F0");
    await watch.until(/^web: gone$/m);
  });
});

Deno.test("happi service keeps what has registered itself over a restart", async () => {
  await inFolder(async (folder) => {
    const first = await startService(folder);
    await first.ask("PUT", "services/web/units/web%2F0", WEB);
    assert.equal((await first.stop()).status, 0);
    await using second = await startService(folder);
    assert.match((await second.happi("list")).output, /web\/0/);
  });
});

Deno.test("happi service serves its metrics", async () => {
  await inFolder(async (folder) => {
    await using service = await startService(folder);
    await service.ask("PUT", "services/web/units/web%2F0", WEB);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    assert.match(text, /^happi_services_units\{service="web",state="ready"\} 1$/m);
  });
});

Deno.test("happi service says where its configuration is wrong", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/happi.toml`;
    await Deno.writeTextFile(file, '[[route]]\nservice = "web"\nbackend = "web"\n[route.options]\nweight = 999\n');
    const { status, errors } = await happi(["service", "-c", file]);
    assert.equal(status, 2);
    assert.match(errors, /line 5, key "route\[0\]\.options\.weight" cannot be used: .*from 0 to 256/);
  });
});

Deno.test("happi service follows the sources of its configuration", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/happi.toml`;
    const units = 'services.web."web/0" = { hostname = "10.0.0.9", port = 81 }';
    await Deno.writeTextFile(file, `[source.own]\nkind = "static"\n${units}\n`);
    await using service = await startService(folder, ["-c", file]);
    await service.until(/Service "web" was added/);
    assert.match((await service.happi("list")).output, /web\/0 +10\.0\.0\.9:81/);
    const sources = await service.ask("GET", "services-sources");
    assert.match(JSON.stringify(sources), /"name":"own","kind":"static".*"trouble":null/);
  });
});

const WRONG: readonly (readonly [args: readonly string[], status: number, errors: RegExp])[] = [
  [["lst"], 2, /Cannot find command "service lst": did you mean list\?/],
  [["plan", "--force"], 2, /Cannot use --force without --apply/],
  [
    ["list", "--api", "http://127.0.0.2:5084"],
    3,
    /127\.0\.0\.2:5084: nobody listens there; start it with "happi service"/,
  ],
  [["list", "--api", "ftp://x"], 2, /Cannot use "ftp:\/\/x" as --api/],
  [["provide", "web", "--port", "80"], 2, /write -- and a command/],
  [["provide", "web", "--port", "0", "--", "true"], 2, /Cannot use "0" as --port/],
  [["provide", "web", "--port", "80", "--hostname", "a b", "--", "true"], 2, /"hostname" is "a b"/],
  [["provide", "web", "--port", "80", "--ttl", "10ms", "--", "true"], 2, /as --ttl: it must be 1s at least/],
  [["provide", "web", "--port", "80", "--", "/no/such/program"], 1, /Cannot start "\/no\/such\/program"/],
];

for (const [args, status, pattern] of WRONG) {
  Deno.test(`happi service ${args.join(" ")} ends with ${status}`, async () => {
    const outcome = await happi(["service", ...args]);
    assert.match(outcome.errors, pattern);
    assert.equal(outcome.status, status);
  });
}
