/** Stick tables over HTTP. */
import assert from "node:assert/strict";
import { testOnHaproxy } from "./on_haproxy.ts";

const ENTRIES = "/tables/st_src/entries";

testOnHaproxy("GET /tables lists tables, and one with its entries", async ({ request }) => {
  const { body } = await request("GET", "/tables");
  assert.ok(body.some((one: { table: string; type: string }) => one.table === "st_src" && one.type === "ip"));
  const one = await request("GET", "/tables/st_src");
  assert.equal(one.body.table.table, "st_src");
  assert.deepEqual(one.body.entries, []);
  assert.equal((await request("GET", "/tables/nope")).status, 404);
});

testOnHaproxy("an entry is set, changed, found by key and by what it stores, and removed", async ({ request }) => {
  const put = await request("PUT", `${ENTRIES}/10.0.0.1`, { data: { gpc0: 7, http_req_cnt: 3 } });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.deepEqual([put.body.key, put.body.data.gpc0, put.body.data.http_req_cnt], ["10.0.0.1", 7, 3]);
  assert.equal((await request("PUT", `${ENTRIES}/10.0.0.2`, { data: { gpc0: 1 } })).status, 200);
  assert.equal((await request("PUT", `${ENTRIES}/10.0.0.2`, { data: { gpc0: 2 } })).body.data.gpc0, 2);
  const keys = async (query: string) =>
    (await request("GET", `/tables/st_src${query}`)).body.entries.map((one: { key: string }) => one.key);
  assert.deepEqual(await keys("?data.gpc0=gt:5"), ["10.0.0.1"]);
  assert.deepEqual(await keys("?data.gpc0=le:5"), ["10.0.0.2"]);
  assert.deepEqual(await keys("?data.gpc0=ge:1&data.http_req_cnt=eq:3"), ["10.0.0.1"]);
  assert.deepEqual(await keys("?key=10.0.0.2"), ["10.0.0.2"]);
  assert.equal((await request("GET", `${ENTRIES}/10.0.0.2`)).body.data.gpc0, 2);
  assert.equal((await request("DELETE", `${ENTRIES}/10.0.0.2`)).status, 204);
  assert.equal((await request("GET", `${ENTRIES}/10.0.0.2`)).status, 404);
  assert.equal((await request("DELETE", `${ENTRIES}?data.gpc0=gt:100`)).status, 204);
  assert.deepEqual(await keys(""), ["10.0.0.1"]);
  assert.equal((await request("DELETE", ENTRIES)).status, 204);
  assert.deepEqual(await keys(""), []);
});

testOnHaproxy("clearing by a filter that there is not clears nothing", async ({ request }) => {
  assert.equal((await request("PUT", `${ENTRIES}/10.0.0.1`, { data: { gpc0: 7 } })).status, 200);
  for (const query of ["__proto__=gt:5", "constructor=gt:5", "prototype=gt:5", "gpc0=gt:5", "key=10.0.0.2"]) {
    const { status, body } = await request("DELETE", `${ENTRIES}?${query}`);
    assert.equal(status, 400, query);
    assert.match(body.error.message, /^Cannot use query parameter /);
  }
  assert.equal((await request("GET", "/tables/st_src")).body.entries.length, 1);
  const both = await request("GET", "/tables/st_src?key=10.0.0.1&data.gpc0=gt:5");
  assert.match(both.body.error.message, /give key alone, or any number of data\.NAME/);
});

testOnHaproxy("what is no key, no filter or no value of a table is 400", async ({ request }) => {
  const refused = [
    ["GET", "/tables/st_src?data.gpc0=5"],
    ["GET", "/tables/st_src?data.gpc0=gt:x"],
    ["GET", "/tables/st_src?gpc0=gt:5"],
    ["GET", "/tables/st_src?key=10.0.0.1&key=10.0.0.2"],
    ["GET", "/tables/st_src?key=10.0.0.1&data.gpc0=gt:5"],
    ["PUT", `${ENTRIES}/not-an-address`, { data: {} }],
    ["PUT", `${ENTRIES}/300.0.0.1`, { data: {} }],
    ["PUT", `${ENTRIES}/10.0.0.1`, { data: { gpc0: "7" } }],
    ["PUT", `${ENTRIES}/10.0.0.1`, { data: { "gpc0 1 data.gpc1": 7 } }],
    ["PUT", `${ENTRIES}/10.0.0.1`, { gpc0: 7 }],
  ] as const;
  for (const [method, path, body] of refused) {
    const answer = await request(method, path, body);
    assert.equal(answer.status, 400, `${method} ${path} ${JSON.stringify(answer.body)}`);
  }
  assert.deepEqual((await request("GET", "/tables/st_src")).body.entries, []);
});
