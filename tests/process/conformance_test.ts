/** Every route of the seed's API and every case of it, over real HTTP with real processes: one row each. */

import assert from "node:assert/strict";
import type { Definition } from "../../lib/process/definition.ts";
import { ADMIN, serveProcesses } from "./served.ts";

/** Numbers: `web` 1 and 2, `cat` 3, `app:a` 4, `app:b` 5. */
const DEFINITIONS: readonly Definition[] = [
  { name: "web", cmd: "sleep", args: ["60"], numprocesses: 2, env: { SECRET: "s3cret" } },
  { name: "cat", cmd: "cat", redirect_input: true, redirect_output: ["out", "err"] },
  { name: "app:a", cmd: "sleep 60" },
  { name: "app:b", cmd: "sleep 60", priority: 3, extra: { colour: "red" } },
  { name: "off", cmd: "sleep 60", start: false },
];

type Body = Readonly<Record<string, unknown>> | readonly unknown[] | string | RegExp;

/** A request, its answer, and what is true afterwards. */
interface Row {
  readonly ask: `${string} /${string}`;
  readonly body?: unknown;
  /** A body that is no JSON. */
  readonly raw?: string;
  /** Without the token. */
  readonly anonymous?: true;
  readonly status: number;
  /** JSON, text, or the error's word as `{error}`. */
  readonly answer: Body;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What `GET` of a path gives then. */
  readonly then?: readonly [path: string, answer: Body];
}

const JSON_TYPE = "application/json; charset=UTF-8";
const OK = { ok: true };

const ROWS: readonly Row[] = [
  { ask: "GET /", status: 200, answer: { welcome: "happi", version: "1.2.3" }, type: JSON_TYPE },
  { ask: "GET /ping", status: 200, answer: "OK", type: "text/plain; charset=UTF-8" },

  { ask: "GET /processes", status: 200, answer: ["web", "cat", "app:a", "app:b", "off"], type: JSON_TYPE },
  { ask: "GET /processes?running=1", status: 200, answer: [1, 2, 3, 4, 5] },
  { ask: "GET /processes?running=true", status: 200, answer: [1, 2, 3, 4, 5] },
  { ask: "GET /processes?running=0", status: 200, answer: ["web", "cat", "app:a", "app:b", "off"] },
  {
    ask: "POST /processes",
    body: { name: "new", cmd: "sleep 60" },
    status: 200,
    answer: OK,
    then: ["/status/new", /"running":1/],
  },
  {
    ask: "POST /processes",
    body: { name: "new", cmd: "sleep 60", start: false },
    status: 200,
    answer: OK,
    then: ["/status/new", /"running":0,.*"state":"stopped"/],
  },
  {
    ask: "POST /processes",
    body: { name: "new", cmd: "/no/such/program" },
    status: 200,
    answer: { ok: true, reason: /Cannot start process "new"/ },
  },
  { ask: "POST /processes", raw: "{", status: 400, answer: { error: "invalid_json", reason: /no JSON/ } },
  { ask: "POST /processes", raw: "[]", status: 400, answer: { error: "invalid_json", reason: /object/ } },
  { ask: "POST /processes", raw: "", status: 400, answer: { error: "invalid_json", reason: /no JSON/ } },
  {
    ask: "POST /processes",
    body: { name: "x" },
    status: 400,
    answer: { error: "invalid_process_info", reason: /field "cmd" is missing/ },
  },
  {
    ask: "POST /processes",
    body: { cmd: "x" },
    status: 400,
    answer: { error: "invalid_process_info", reason: /field "name" is missing/ },
  },
  {
    ask: "POST /processes",
    body: { name: "42", cmd: "x" },
    status: 400,
    answer: { error: "invalid_process_info", reason: /digits only/ },
  },
  {
    ask: "POST /processes",
    body: { name: "x", cmd: "y", args: "$NOWHERE" },
    status: 400,
    answer: { error: "invalid_process_info", reason: /NOWHERE/ },
    then: ["/processes/x", { error: "not_found", reason: /there is none/ }],
  },
  {
    ask: "POST /processes",
    body: { name: "x", cmd: "y", numprocesses: "many" },
    status: 400,
    answer: { error: "invalid_process_info", reason: /"numprocesses" is "many"/ },
  },
  {
    ask: "POST /processes",
    body: { name: "web", cmd: "x" },
    status: 409,
    answer: { error: "conflict", reason: /there is one already/ },
  },
  {
    ask: "POST /processes",
    body: { name: "new", cmd: "x" },
    anonymous: true,
    status: 401,
    answer: { error: "unauthorized", reason: /admin token/ },
    headers: { "www-authenticate": 'Bearer realm="happi"' },
    then: ["/processes", ["web", "cat", "app:a", "app:b", "off"]],
  },
  {
    ask: "PUT /processes",
    status: 405,
    answer: { error: "method_not_allowed", reason: /it takes GET, POST, HEAD, OPTIONS/ },
    headers: { allow: "GET, POST, HEAD, OPTIONS" },
  },

  { ask: "HEAD /processes/web", status: 200, answer: "", type: JSON_TYPE },
  { ask: "HEAD /processes/none", status: 404, answer: "" },
  { ask: "GET /processes/web", status: 200, answer: { name: "web", cmd: "sleep", args: ["60"], numprocesses: 2 } },
  {
    ask: "GET /processes/app:b",
    status: 200,
    answer: { name: "app:b", cmd: "sleep 60", priority: 3, colour: "red", group: "app" },
  },
  { ask: "GET /processes/app%3Aa", status: 200, answer: { name: "app:a", cmd: "sleep 60", group: "app" } },
  {
    ask: "GET /processes/none",
    status: 404,
    answer: { error: "not_found", reason: 'Cannot find process "none": there is none' },
  },
  ...(["PUT", "POST"] as const).flatMap((method): Row[] => [
    {
      ask: `${method} /processes/web`,
      body: { name: "another", cmd: "sleep 30", numprocesses: 1 },
      status: 200,
      answer: OK,
      then: ["/processes/web", { name: "web", cmd: "sleep 30", numprocesses: 1 }],
    },
    { ask: `${method} /processes/web`, raw: "{", status: 400, answer: { error: "invalid_json", reason: /no JSON/ } },
    {
      ask: `${method} /processes/web`,
      body: {},
      status: 400,
      answer: { error: "invalid_process_info", reason: /"cmd" is missing/ },
      then: ["/status/web", /"running":2/],
    },
    {
      ask: `${method} /processes/none`,
      body: { cmd: "x" },
      status: 404,
      answer: { error: "not_found", reason: /none/ },
    },
    {
      ask: `${method} /processes/web`,
      body: { cmd: "x" },
      anonymous: true,
      status: 401,
      answer: { error: "unauthorized", reason: /admin token/ },
    },
  ]),
  { ask: "DELETE /processes/web", status: 200, answer: OK, then: ["/processes", ["cat", "app:a", "app:b", "off"]] },
  { ask: "DELETE /processes/none", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "DELETE /processes/web", anonymous: true, status: 401, answer: { error: "unauthorized", reason: /token/ } },
  {
    ask: "PATCH /processes/web",
    status: 405,
    answer: { error: "method_not_allowed", reason: /takes GET, PUT, POST, DELETE/ },
    headers: { allow: "GET, PUT, POST, DELETE, HEAD, OPTIONS" },
  },

  { ask: "HEAD /processes/1", status: 200, answer: "" },
  { ask: "HEAD /processes/99", status: 404, answer: "" },
  { ask: "HEAD /processes/1^1", status: 400, answer: "" },
  { ask: "GET /processes/3", status: 200, answer: /^{"name":"cat"/ },
  {
    ask: "GET /processes/99",
    status: 404,
    answer: { error: "not_found", reason: 'Cannot find pid "99": there is none' },
  },
  { ask: "GET /processes/1^1", status: 400, answer: { error: "bad_value", reason: /must be digits/ } },
  { ask: "DELETE /processes/1", anonymous: true, status: 200, answer: OK, then: ["/processes/1", /not_found/] },
  { ask: "DELETE /processes/99", status: 404, answer: { error: "not_found", reason: /99/ } },
  { ask: "DELETE /processes/9^9", status: 400, answer: { error: "bad_value", reason: /9\^9/ } },
  { ask: "PUT /processes/1", status: 405, answer: { error: "method_not_allowed", reason: /GET, DELETE/ } },
  { ask: "GET /processes/1/_pids", status: 405, answer: { error: "method_not_allowed", reason: /takes POST/ } },

  { ask: "GET /processes/web/_pids", status: 200, answer: { ok: true, pids: [1, 2] } },
  { ask: "GET /processes/off/_pids", status: 200, answer: { ok: true, pids: [] } },
  { ask: "GET /processes/none/_pids", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "GET /processes/web/_other", status: 404, answer: { error: "resource_not_found", reason: /"_other"/ } },
  { ask: "POST /processes/web/_other", status: 404, answer: { error: "resource_not_found", reason: /"_other"/ } },
  { ask: "POST /processes/web/_other/1", status: 404, answer: { error: "resource_not_found", reason: /"_other"/ } },
  { ask: "POST /processes/none/_other", status: 404, answer: { error: "not_found", reason: /none/ } },
  {
    ask: "POST /processes/off/_start",
    anonymous: true,
    status: 200,
    answer: OK,
    then: ["/processes/off/_pids", { ok: true, pids: [6] }],
  },
  {
    ask: "POST /processes/web/_start",
    status: 200,
    answer: OK,
    then: ["/processes/web/_pids", { ok: true, pids: [1, 2] }],
  },
  { ask: "POST /processes/none/_start", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "GET /processes/web/_start", status: 405, answer: { error: "method_not_allowed", reason: /POST/ } },
  {
    ask: "POST /processes/web/_stop",
    anonymous: true,
    status: 200,
    answer: OK,
    then: ["/status/web", {
      active: false,
      running: 0,
      max_processes: 2,
      numprocesses: 2,
      state: "stopped",
      reason: "",
    }],
  },
  { ask: "POST /processes/off/_stop", status: 200, answer: OK },
  { ask: "POST /processes/none/_stop", status: 404, answer: { error: "not_found", reason: /none/ } },
  {
    ask: "POST /processes/web/_restart",
    anonymous: true,
    status: 200,
    answer: OK,
    then: ["/processes/web/_pids", { ok: true, pids: [6, 7] }],
  },
  { ask: "POST /processes/none/_restart", status: 404, answer: { error: "not_found", reason: /none/ } },
  {
    ask: "POST /processes/web/_add",
    anonymous: true,
    status: 200,
    answer: { ok: true, numprocesses: 3 },
    then: ["/processes/web/_pids", { ok: true, pids: [1, 2, 6] }],
  },
  { ask: "POST /processes/web/_add/3", status: 200, answer: { ok: true, numprocesses: 5 } },
  { ask: "POST /processes/web/_add/0", status: 200, answer: { ok: true, numprocesses: 2 } },
  ...["x", "-1", "1.5", "9999", "99999999999"].map((count): Row => ({
    ask: `POST /processes/web/_add/${count}`,
    status: 400,
    answer: { error: "bad_value", reason: /whole number from 0 to 1000/ },
  })),
  { ask: "POST /processes/web/_add/999", status: 400, answer: { error: "bad_value", reason: /at most 1000/ } },
  { ask: "POST /processes/none/_add", status: 404, answer: { error: "not_found", reason: /none/ } },
  {
    ask: "POST /processes/web/_sub",
    status: 200,
    answer: { ok: true, numprocesses: 1 },
    then: ["/processes/web/_pids", { ok: true, pids: [2] }],
  },
  { ask: "POST /processes/web/_sub/2", status: 200, answer: { ok: true, numprocesses: 0 } },
  { ask: "POST /processes/web/_sub/9", status: 200, answer: { ok: true, numprocesses: 0 } },
  { ask: "POST /processes/web/_sub/x", status: 400, answer: { error: "bad_value", reason: /whole number/ } },
  { ask: "POST /processes/none/_sub", status: 404, answer: { error: "not_found", reason: /none/ } },
  ...["15", "TERM", "SIGTERM", "term"].map((signal): Row => ({
    ask: `POST /processes/web/_signal/${signal}`,
    anonymous: true,
    status: 200,
    answer: OK,
  })),
  { ask: "POST /processes/web/_signal", status: 400, answer: { error: "no_signal_number", reason: /missing/ } },
  ...["0", "65", "NONE", "1x"].map((signal): Row => ({
    ask: `POST /processes/web/_signal/${signal}`,
    status: 400,
    answer: { error: "bad_value", reason: /Cannot send signal/ },
  })),
  { ask: "POST /processes/none/_signal/15", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "POST /processes/1/_stop", anonymous: true, status: 200, answer: OK, then: ["/processes/1", /not_found/] },
  { ask: "POST /processes/99/_stop", status: 404, answer: { error: "not_found", reason: /99/ } },
  { ask: "POST /processes/9^/_stop", status: 400, answer: { error: "bad_value", reason: /digits/ } },
  { ask: "POST /processes/1/_signal/HUP", anonymous: true, status: 200, answer: OK },
  { ask: "POST /processes/1/_signal", status: 400, answer: { error: "no_signal_number", reason: /missing/ } },
  { ask: "POST /processes/1/_signal/x", status: 400, answer: { error: "bad_value", reason: /"x"/ } },
  { ask: "POST /processes/99/_signal/1", status: 404, answer: { error: "not_found", reason: /99/ } },
  { ask: "POST /processes/1^/_signal/1", status: 400, answer: { error: "bad_value", reason: /digits/ } },
  { ask: "POST /processes/1/_other", status: 404, answer: { error: "resource_not_found", reason: /_other/ } },

  {
    ask: "GET /status/web",
    status: 200,
    answer: { active: true, running: 2, max_processes: 2, numprocesses: 2, state: "ready", reason: "" },
  },
  { ask: "GET /status/none", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "GET /stats", status: 200, answer: /^\[\{"name":"web",.*\},\{"name":"off","stats":\[\],.*\}\]\n$/ },
  {
    ask: "GET /stats/web",
    status: 200,
    answer: /^{"name":"web","stats":\[.*"id":1},.*"id":2}\],"mem":0.1/,
    type: JSON_TYPE,
  },
  { ask: "GET /stats/none", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "GET /stats/web?feed=longpoll", status: 200, answer: /^{"name":"web".*}\r\n$/ },
  { ask: "GET /stats/web?feed=nonsense", status: 400, answer: { error: "bad_value", reason: /normal, longpoll/ } },
  { ask: "GET /stats/web?interval=0", status: 400, answer: { error: "bad_value", reason: /0.1 to 60/ } },
  { ask: "GET /stats/web/1", status: 200, answer: /^{"mem_info1":"1M","mem_info2".*"children":\[\],"pid":\d+}/ },
  { ask: "GET /stats/web/3", status: 404, answer: { error: "not_found", reason: /"3"/ } },
  { ask: "GET /stats/web/99", status: 404, answer: { error: "not_found", reason: /99/ } },
  { ask: "GET /stats/web/x", status: 400, answer: { error: "bad_value", reason: /digits/ } },

  { ask: "GET /watch/nonsense", status: 404, answer: { error: "bad_event_type", reason: /stop_pid/ } },
  { ask: "GET /watch/start/web", status: 404, answer: { error: "bad_event_type", reason: /proc/ } },
  { ask: "GET /watch/start/web/spawn", status: 404, answer: { error: "bad_event_type", reason: /"start".*proc/ } },
  { ask: "GET /watch/proc/web/nonsense", status: 404, answer: { error: "bad_event_type", reason: /"nonsense"/ } },
  { ask: "GET /watch?feed=nonsense", status: 400, answer: { error: "bad_value", reason: /longpoll/ } },
  { ask: "GET /watch?heartbeat=x", status: 400, answer: { error: "bad_value", reason: /heartbeat/ } },
  {
    ask: "GET /watch/spawn?tail=100&feed=longpoll",
    status: 200,
    answer: /^{"event":"spawn","name":"web","pid":1,"os_pid":\d+,"detached":false,"id":".*-\d+"}\r\n$/,
    headers: { "cache-control": "no-cache" },
  },
  { ask: "GET /watch/START?tail=100", status: 200, answer: /^{"event":"start","name":"web"/ },
  { ask: "GET /watch/proc/cat?tail=100", status: 200, answer: /^{"event":"proc.cat.create","name":"cat"/ },
  {
    ask: "GET /watch/proc/cat/spawn?tail=100",
    status: 200,
    answer: /^{"event":"proc.cat.spawn","name":"cat","pid":3,/,
  },
  { ask: "HEAD /watch", status: 200, answer: "" },

  { ask: "GET /streams/x/out", status: 400, answer: { error: "bad_value", reason: /digits/ } },
  { ask: "GET /streams/99/out", status: 404, answer: { error: "not_found", reason: /99/ } },
  { ask: "GET /streams/1/out", status: 400, answer: { error: "io_not_redirected", reason: /redirect_output/ } },
  { ask: "GET /streams/3/other", status: 404, answer: { error: "io_not_found", reason: /there is out and err/ } },
  { ask: "GET /streams/3/out?feed=x", status: 400, answer: { error: "bad_value", reason: /continuous/ } },
  { ask: "GET /streams/3/out?heartbeat=-1", status: 400, answer: { error: "bad_value", reason: /heartbeat/ } },
  { ask: "GET /streams/3/out?follow=x", status: 400, answer: { error: "bad_value", reason: /true or false/ } },
  { ask: "GET /streams/3/out?tail=x", status: 400, answer: { error: "bad_value", reason: /lines/ } },
  { ask: "HEAD /streams/3/out?feed=continuous", status: 200, answer: "", type: "application/octet-stream" },
  ...["stdin", "ttin"].flatMap((label): Row[] => [
    { ask: `POST /streams/3/${label}`, raw: "x\n", status: 200, answer: OK },
    { ask: `POST /streams/x/${label}`, raw: "x\n", status: 400, answer: { error: "bad_value", reason: /digits/ } },
    { ask: `POST /streams/99/${label}`, raw: "x\n", status: 404, answer: { error: "not_found", reason: /99/ } },
    {
      ask: `POST /streams/1/${label}`,
      raw: "x\n",
      status: 403,
      answer: { error: "forbidden_write", reason: /redirect/ },
    },
    {
      ask: `POST /streams/3/${label}`,
      raw: "x\n",
      anonymous: true,
      status: 401,
      answer: { error: "unauthorized", reason: /token/ },
    },
  ]),
  { ask: "POST /streams/3/out", raw: "x\n", status: 404, answer: { error: "not_found", reason: /only stdin/ } },
  { ask: "DELETE /streams/3/stdin", status: 200, answer: OK },
  { ask: "DELETE /streams/3/stdin", anonymous: true, status: 401, answer: { error: "unauthorized", reason: /token/ } },
  { ask: "GET /wstreams/3", status: 426, answer: { error: "upgrade_required", reason: /WebSocket/ } },

  { ask: "GET /groups", status: 200, answer: ["app"] },
  { ask: "GET /groups/app", status: 200, answer: ["app:a", "app:b"] },
  { ask: "GET /groups/none", status: 404, answer: { error: "not_found", reason: /group "none"/ } },
  {
    ask: "POST /groups/app/_stop",
    anonymous: true,
    status: 200,
    answer: OK,
    then: ["/processes?running=1", [1, 2, 3]],
  },
  { ask: "POST /groups/app/_start", anonymous: true, status: 200, answer: OK },
  {
    ask: "POST /groups/app/_restart",
    anonymous: true,
    status: 200,
    answer: OK,
    then: ["/processes/app:a/_pids", /"pids":\[[67]\]/],
  },
  { ask: "POST /groups/none/_start", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "POST /groups/app/_other", status: 404, answer: { error: "resource_not_found", reason: /_other/ } },
  { ask: "DELETE /groups/app", status: 200, answer: OK, then: ["/processes", ["web", "cat", "off"]] },
  { ask: "DELETE /groups/none", status: 404, answer: { error: "not_found", reason: /none/ } },
  { ask: "DELETE /groups/app", anonymous: true, status: 401, answer: { error: "unauthorized", reason: /token/ } },

  ...[
    "/",
    "/ping",
    "/processes",
    "/processes/web",
    "/processes/1",
    "/processes/web/_start",
    "/streams/3/out",
    "/nowhere",
  ]
    .map((path): Row => ({ ask: `OPTIONS /${path.slice(1)}`, anonymous: true, status: 204, answer: "" })),
  {
    ask: "GET /nowhere",
    status: 404,
    answer: { error: "resource_not_found", reason: /"\/nowhere"/ },
    type: "application/json",
  },
  { ask: "POST /ping", status: 405, answer: { error: "method_not_allowed", reason: /GET/ } },
];

for (const row of ROWS) {
  const { ask, body, raw, anonymous = false, status, answer, type, headers = {}, then } = row;
  const said = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const title = [ask, said, anonymous ? "without the token" : undefined].filter((part) => part !== undefined).join(" ");
  Deno.test(`${title} is answered ${status}`, async () => {
    await using served = await serveProcesses(DEFINITIONS);
    const [method = "", path = ""] = ask.split(" ");
    const response = await fetch(served.url + path, {
      method,
      headers: anonymous ? {} : ADMIN,
      ...(said === undefined ? {} : { body: said }),
    });
    check(await response.text(), answer);
    assert.equal(response.status, status);
    if (type !== undefined) assert.equal(response.headers.get("content-type"), type);
    for (const [name, value] of Object.entries(headers)) assert.equal(response.headers.get(name), value);
    if (then !== undefined) check(await (await fetch(served.url + then[0])).text(), then[1]);
  });
}

/** Compares a body: text, a pattern, or JSON, whose `reason` may be a pattern. */
function check(text: string, wanted: Body): void {
  if (typeof wanted === "string") assert.equal(text, wanted);
  else if (wanted instanceof RegExp) assert.match(text, wanted);
  else if ("reason" in wanted && wanted.reason instanceof RegExp) {
    const { reason, ...rest } = JSON.parse(text);
    assert.match(reason, wanted.reason);
    assert.deepEqual({ ...rest, reason: wanted.reason }, wanted);
  } else assert.deepEqual(JSON.parse(text), wanted);
}
