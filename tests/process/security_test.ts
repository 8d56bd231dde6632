/** Who may what: every route with every kind of caller, pages of other origins, and what answers never show. */

import assert from "node:assert/strict";
import type { Role, Route } from "../../lib/process/api/route.ts";
import type { Backing } from "../../lib/process/seed/backing.ts";
import { Commits } from "../../lib/process/jobs/commits.ts";
import { jobTable } from "../../lib/process/jobs/table.ts";
import { ProcessManager } from "../../lib/process/manager.ts";
import { groupRoutes } from "../../lib/process/seed/groups.ts";
import { pidRoutes } from "../../lib/process/seed/pids.ts";
import { processesRoutes } from "../../lib/process/seed/processes.ts";
import { statusRoutes } from "../../lib/process/seed/status.ts";
import { streamRoutes } from "../../lib/process/seed/streams.ts";
import { watchRoutes } from "../../lib/process/seed/watch.ts";
import { serveSurfaces } from "../../lib/server/mod.ts";
import { formatAddress } from "../../lib/net/mod.ts";
import { processRoutes } from "../../lib/process/routes.ts";
import { ADMIN, readUntil, serveProcesses } from "./served.ts";

/** All that only the token opens; `/wstreams` and a commit with an environment ask for it themselves. */
const ADMIN_ROUTES = [
  "POST /processes",
  "PUT /processes/:name",
  "POST /processes/:name",
  "DELETE /processes/:name",
  "POST /streams/:pid/:label",
  "DELETE /streams/:pid/:label",
  "DELETE /groups/:group",
  "POST /jobs/:session",
  "PUT /jobs/:session/:name",
  "DELETE /jobs/:session/:name",
];

function allRoutes(): Route[] {
  const manager = new ProcessManager();
  const nothing = () => Promise.reject(new Error("not asked"));
  const backing: Backing = { manager, commits: new Commits(manager), facts: { process: nothing, template: nothing } };
  return [
    ...statusRoutes(backing, ""),
    ...pidRoutes(backing),
    ...processesRoutes(backing),
    ...watchRoutes(backing),
    ...streamRoutes(backing),
    ...groupRoutes(backing),
    ...jobTable(backing),
  ];
}

Deno.test("definitions and input are what the token is for, everything else is open to whoever reaches the listener", () => {
  const routes = allRoutes();
  const names = (role: Role) =>
    routes.filter((one) => one.role === role).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(names("admin"), ADMIN_ROUTES);
  assert.ok(names("operate").every((name) => /^POST|^DELETE \/processes\/:pid/.test(name)));
  assert.ok(names("read").every((name) => name.startsWith("GET ") || name.includes("/processes/:name/:action")));
});

for (const route of ADMIN_ROUTES) {
  const [method = "", pattern = ""] = route.split(" ");
  const path = pattern.replace(":name", "web").replace(":pid", "1").replace(":label", "stdin").replace(":group", "g")
    .replace(":session", "default");
  Deno.test(`${method} ${path}: 401 without the right token, 403 where none is set, more with it or with --process-open`, async () => {
    const WEB = { name: "web", cmd: "cat", redirect_input: true };
    const ask = async (url: string, headers: HeadersInit) => {
      const response = await fetch(url + path, { method, headers, ...(method === "DELETE" ? {} : { body: "{}" }) });
      return [response.status, await response.text()] as const;
    };
    await using served = await serveProcesses([WEB]);
    const wrong = [{}, { authorization: "Bearer x" }, { "x-api-key": "x" }, { authorization: "Basic eDp5" }];
    for (const headers of wrong) assert.equal((await ask(served.url, headers))[0], 401);
    assert.deepEqual(served.manager.names(), ["web"]);
    const [status] = await ask(served.url, ADMIN);
    assert.ok(![401, 403].includes(status), `with the token: ${status}`);
    await using open = await serveProcesses([WEB], { admin: "open" });
    assert.equal((await ask(open.url, {}))[0], status);
    await using closed = await serveProcesses([WEB], { admin: { token: "" } });
    const [forbidden, text] = await ask(closed.url, { authorization: "Bearer " });
    assert.equal(forbidden, 403);
    assert.match(text, /set one, or start with --process-open/);
  });
}

Deno.test("an environment is never shown, whoever asks", async () => {
  await using served = await serveProcesses([{ name: "app:web", cmd: "sleep 60", env: { KEY: "s3cret" } }]);
  const paths = ["/processes/app:web", "/processes/1", "/stats", "/status/app:web", "/jobs/app/web", "/watch?tail=99"];
  for (const path of paths) {
    const text = await (await fetch(served.url + path, { headers: ADMIN })).text();
    assert.doesNotMatch(text, /s3cret|KEY|"env"/, path);
  }
});

const LISTED = "http://127.0.0.1:8000";
const CORS = [
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-max-age",
  "access-control-allow-credentials",
];

Deno.test("pages of the server's own and of listed origins get the seed's headers, on answers of every kind", async () => {
  await using served = await serveProcesses([{ name: "web", cmd: "sleep 60" }], { origins: [LISTED] });
  for (const origin of [served.url, LISTED]) {
    const asks = [
      ["GET", "/processes"],
      ["GET", "/processes/none"],
      ["PUT", "/ping"],
      ["OPTIONS", "/processes/web"],
      [
        "GET",
        "/watch?tail=1&feed=longpoll",
      ],
      ["OPTIONS", "/streams/1/stdin"],
      ["POST", "/processes"],
      ["GET", "/none"],
    ];
    for (const [method = "", path] of asks) {
      const response = await fetch(served.url + path, { method, headers: { origin } });
      await response.body?.cancel();
      const told = CORS.map((name) => response.headers.get(name));
      assert.deepEqual(told, [origin, "POST, GET, PUT, DELETE, OPTIONS", "86400", "true"], `${method} ${path}`);
      assert.match(response.headers.get("access-control-allow-headers") ?? "", /Authorization, X-Api-Key/);
      assert.match(response.headers.get("vary") ?? "", /origin/i);
    }
  }
});

Deno.test("pages of other origins are refused before anything is done or told", async () => {
  await using served = await serveProcesses([{ name: "web", cmd: "sleep 60" }], { origins: [LISTED], admin: "open" });
  for (const origin of ["https://evil.example", "null", "http://127.0.0.1:8001", "http://localhost.evil.example"]) {
    for (
      const [method, path] of [["GET", "/processes"], ["POST", "/processes/web/_stop"], ["OPTIONS", "/processes"], [
        "GET",
        "/streams/1/out?feed=eventsource",
      ]] as const
    ) {
      const response = await fetch(served.url + path, { method, headers: { origin, ...ADMIN } });
      assert.equal(response.status, 403, `${method} ${path} of ${origin}`);
      assert.equal(response.headers.get("access-control-allow-origin"), null);
      assert.equal((await response.json()).error, "foreign_origin");
    }
    const job = await fetch(`${served.url}/jobs/default/web/state`, { method: "POST", headers: { origin }, body: "0" });
    assert.deepEqual([job.status, (await job.json()).error.code], [403, "foreign_origin"]);
  }
  assert.equal(served.manager.status("web").running, 1);
});

Deno.test("a program, which has no origin, gets no CORS headers", async () => {
  await using served = await serveProcesses([]);
  const response = await fetch(`${served.url}/processes`);
  assert.equal(response.headers.get("access-control-allow-origin"), null);
  assert.deepEqual(await response.json(), []);
});

Deno.test("on happi's server the routes are behind its guards, and have the time that processes take", async () => {
  await using manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
  const nothing = () => Promise.reject(new Error("not asked"));
  const backing = { manager, commits: new Commits(manager), facts: { process: nothing, template: nothing } };
  await manager.add({
    name: "slow",
    cmd: "trap 'sleep 0.4; exit' TERM; echo up; while :; do sleep 0.05; done",
    shell: true,
    redirect_output: ["out"],
  });
  await using server = await serveSurfaces({
    listen: "127.0.0.1:0",
    deadlineMs: 200,
    routes: (stopping) => [processRoutes({ ...backing, stopping, admin: "open" })],
  });
  const url = `http://${formatAddress(server.address)}/api/v1`;
  const output = await fetch(`${url}/streams/1/out?feed=continuous&after=0`);
  assert.equal(output.headers.get("x-content-type-options"), "nosniff", "the guards' headers are there too");
  await readUntil(output, (text) => text === "up\n");
  const stopped = await fetch(`${url}/processes/slow/_stop`, { method: "POST" });
  assert.deepEqual(await stopped.json(), { ok: true });
  assert.equal(manager.status("slow").state, "stopped");
  const foreign = await fetch(`${url}/processes`, { headers: { origin: "https://evil.example" } });
  assert.equal(foreign.status, 403);
  await foreign.body?.cancel();
  assert.deepEqual(await (await fetch(`${url}/nowhere`)).json(), {
    error: "resource_not_found",
    reason: 'Cannot find "/api/v1/nowhere": there is no such route',
  });
});
