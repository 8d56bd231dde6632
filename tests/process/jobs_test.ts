/** Jobs over HTTP: every route and its cases, one row each; and what becomes of single runs. */

import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { ADMIN, serveProcesses } from "./served.ts";

const DEFINITIONS: readonly Definition[] = [
  { name: "web", cmd: "sleep 60", numprocesses: 2, env: { SECRET: "s3cret" } },
  {
    name: "app:task",
    cmd: 'echo "$WHO"; exit 3',
    shell: true,
    start: false,
    redirect_output: ["out"],
    env: { WHO: "you" },
  },
];

interface Row {
  readonly ask: `${string} /${string}`;
  readonly body?: string | Readonly<Record<string, unknown>>;
  readonly anonymous?: true;
  readonly status: number;
  /** JSON, or a pattern of the text; a string is an error's code. */
  readonly answer: Readonly<Record<string, unknown>> | RegExp | string;
  readonly then?: readonly [path: string, answer: RegExp];
}

const OK = { ok: true };

const ROWS: readonly Row[] = [
  { ask: "GET /sessions", status: 200, answer: { sessions: ["default", "app"] } },
  { ask: "GET /jobs", status: 200, answer: { jobs: ["default.web", "app.task"] } },
  { ask: "GET /jobs/app", status: 200, answer: { sessionid: "app", jobs: ["app.task"] } },
  { ask: "GET /jobs/none", status: 404, answer: "not_found" },
  {
    ask: "POST /jobs/app",
    body: { name: "new", cmd: "sleep 60" },
    status: 200,
    answer: OK,
    then: ["/processes/app:new/_pids", /\[3\]/],
  },
  {
    ask: "POST /jobs/default",
    body: { name: "new", cmd: "x", start: false },
    status: 200,
    answer: OK,
    then: ["/processes/new", /"new"/],
  },
  { ask: "POST /jobs/app", body: { name: "task", cmd: "x" }, status: 409, answer: "conflict" },
  { ask: "POST /jobs/app", body: { name: "new" }, status: 400, answer: "invalid_process_info" },
  { ask: "POST /jobs/app", body: { cmd: "x" }, status: 400, answer: "invalid_process_info" },
  { ask: "POST /jobs/app", body: "{", status: 400, answer: "invalid_json" },
  { ask: "POST /jobs/app", body: { name: "new", cmd: "x" }, anonymous: true, status: 401, answer: "unauthorized" },
  { ask: "HEAD /jobs/default/web", status: 200, answer: /^$/ },
  { ask: "HEAD /jobs/default/none", status: 404, answer: /^$/ },
  {
    ask: "GET /jobs/default/web",
    status: 200,
    answer: {
      name: "default.web",
      active: true,
      running: 2,
      running_out: 0,
      max_processes: 2,
      numprocesses: 2,
      state: "ready",
      reason: "",
      processes: [1, 2],
      config: { name: "web", cmd: "sleep 60", numprocesses: 2 },
    },
  },
  { ask: "GET /jobs/app/web", status: 404, answer: "not_found" },
  {
    ask: "PUT /jobs/default/web",
    body: { cmd: "sleep 30" },
    status: 201,
    answer: OK,
    then: ["/jobs/default/web", /"numprocesses":2,.*"cmd":"sleep 30"/],
  },
  { ask: "PUT /jobs/default/web", body: { name: "other", cmd: "x" }, status: 400, answer: "invalid_process_info" },
  { ask: "PUT /jobs/default/none", body: { cmd: "x" }, status: 404, answer: "not_found" },
  { ask: "PUT /jobs/default/web", body: { cmd: "x" }, anonymous: true, status: 401, answer: "unauthorized" },
  { ask: "DELETE /jobs/default/web", status: 200, answer: OK, then: ["/jobs", /^{"jobs":\["app.task"\]}/] },
  { ask: "DELETE /jobs/default/none", status: 404, answer: "not_found" },
  { ask: "DELETE /jobs/default/web", anonymous: true, status: 401, answer: "unauthorized" },
  { ask: "GET /jobs/default/web/stats", status: 200, answer: /^{"name":"web","stats":\[/ },
  { ask: "GET /jobs/default/web/pids", status: 200, answer: { pids: [1, 2] } },
  { ask: "GET /jobs/default/web/numprocesses", status: 200, answer: { numprocesses: 2 } },
  ...([[1, 3], ["3", 5], ["+3", 5], [-1, 1], ["-9", 0], ["=4", 4], ["=0", 0]] as const).map((
    [scale, numprocesses],
  ): Row => ({
    ask: "POST /jobs/default/web/numprocesses",
    body: { scale },
    anonymous: true,
    status: 200,
    answer: { numprocesses },
    then: ["/jobs/default/web", new RegExp(`"running":${numprocesses},`)],
  })),
  ...[{ scale: "*2" }, { scale: 1.5 }, { scale: "=1001" }, {}].map((body): Row => ({
    ask: "POST /jobs/default/web/numprocesses",
    body,
    status: 400,
    answer: "bad_value",
  })),
  { ask: "POST /jobs/default/web/signal", body: { signal: "HUP" }, anonymous: true, status: 202, answer: OK },
  { ask: "POST /jobs/default/web/signal", body: { signal: 1 }, status: 202, answer: OK },
  { ask: "POST /jobs/default/web/signal", body: { signal: "NONE" }, status: 400, answer: "bad_value" },
  { ask: "POST /jobs/default/web/signal", body: {}, status: 400, answer: "bad_signal" },
  { ask: "POST /jobs/default/none/signal", body: { signal: 1 }, status: 404, answer: "not_found" },
  { ask: "GET /jobs/default/web/state", status: 200, answer: /^1$/ },
  { ask: "GET /jobs/app/task/state", status: 200, answer: /^0$/ },
  {
    ask: "POST /jobs/default/web/state",
    body: "0",
    anonymous: true,
    status: 202,
    answer: OK,
    then: ["/jobs/default/web/state", /^0$/],
  },
  {
    ask: "POST /jobs/default/web/state",
    body: "1",
    status: 202,
    answer: OK,
    then: ["/jobs/default/web/pids", /\[1,2\]/],
  },
  {
    ask: "POST /jobs/default/web/state",
    body: "2",
    status: 202,
    answer: OK,
    then: ["/processes/web/_pids", /\[3,4\]/],
  },
  { ask: "POST /jobs/default/web/state", body: "3", status: 400, answer: "bad_value" },
  { ask: "POST /jobs/app/task/commit", anonymous: true, status: 200, answer: { pid: 3 } },
  {
    ask: "POST /jobs/app/task/commit",
    body: { graceful_timeout: 1, env: { A: "b" } },
    status: 200,
    answer: { pid: 3 },
  },
  { ask: "POST /jobs/app/task/commit", body: { env: {} }, anonymous: true, status: 401, answer: "unauthorized" },
  { ask: "POST /jobs/app/task/commit", body: { env: "x" }, status: 400, answer: "invalid_process_info" },
  { ask: "POST /jobs/app/task/commit", body: { graceful_timeout: -1 }, status: 400, answer: "invalid_process_info" },
  { ask: "POST /jobs/app/none/commit", status: 404, answer: "not_found" },
  { ask: "GET /jobs/app/task/commits", status: 200, answer: { commits: [] } },
  { ask: "GET /jobs/app/none/commits", status: 404, answer: "not_found" },
];

for (const { ask, body, anonymous = false, status, answer, then } of ROWS) {
  const said = typeof body === "object" ? JSON.stringify(body) : body;
  Deno.test(`${ask} ${said ?? ""}${anonymous ? " without the token" : ""} is answered ${status}`, async () => {
    await using served = await serveProcesses(DEFINITIONS);
    const [method = "", path = ""] = ask.split(" ");
    const response = await fetch(served.url + path, {
      method,
      headers: anonymous ? {} : ADMIN,
      ...(said === undefined ? {} : { body: said }),
    });
    const text = await response.text();
    if (answer instanceof RegExp) assert.match(text, answer);
    else if (typeof answer === "string") assert.equal(JSON.parse(text).error.code, answer);
    else assert.deepEqual(JSON.parse(text), answer);
    assert.equal(response.status, status);
    if (then !== undefined) assert.match(await (await fetch(served.url + then[0])).text(), then[1]);
  });
}

Deno.test("a commit's status is kept, its environment is its own, and its output can be read from its start on", async () => {
  await using served = await serveProcesses(DEFINITIONS);
  const commit = async (body: Record<string, unknown>) => {
    const response = await fetch(`${served.url}/jobs/app/task/commit`, {
      method: "POST",
      headers: ADMIN,
      body: JSON.stringify(body),
    });
    const { pid } = await response.json();
    const output = await fetch(`${served.url}/streams/${pid}/out?feed=continuous&heartbeat=false&after=0`);
    return [pid, await output.text()];
  };
  assert.deepEqual(await commit({ env: { WHO: "me" } }), [3, "me\n"]);
  assert.deepEqual(await commit({}), [4, "you\n"]);
  await served.commits.find(4)?.ended;
  const { commits } = await (await fetch(`${served.url}/jobs/app/task/commits`)).json();
  for (const [at, { started_at, ended_at, os_pid, ...told }] of commits.entries()) {
    assert.deepEqual(told, { pid: 3 + at, state: "exited", exit_status: 3, term_signal: 0 });
    assert.ok(os_pid > 0 && ended_at >= started_at);
  }
  assert.equal(commits.length, 2);
});

Deno.test("of very many commits the last 100 are told of, and the output of the last 16 is kept", async () => {
  await using served = await serveProcesses(DEFINITIONS);
  for (let at = 0; at < 103; at++) await (await served.commits.run("app:task")).ended;
  const { commits } = await (await fetch(`${served.url}/jobs/app/task/commits`)).json();
  assert.deepEqual([commits.length, commits[0].pid, commits[99].pid], [100, 6, 105]);
  const statuses = await Promise.all([89, 90, 105].map(async (pid) => {
    const response = await fetch(`${served.url}/streams/${pid}/out?feed=continuous&after=0`);
    return [response.status, (await response.text()).length > 3];
  }));
  assert.deepEqual(statuses, [[404, true], [200, true], [200, true]]);
});

for (const word of ["constructor", "toString", "__proto__", "3", ""]) {
  Deno.test(`a state of "${word}" is none`, async () => {
    await using served = await serveProcesses([{ name: "web", cmd: "sleep 60" }]);
    const response = await fetch(`${served.url}/jobs/default/web/state`, { method: "POST", body: word });
    assert.deepEqual([response.status, (await response.json()).error.code], [400, "bad_value"]);
  });
}
