import assert from "node:assert/strict";
import { findSocket, NoUsualSocket, USUAL_SOCKETS } from "../../lib/cli/usual_sockets.ts";

const environment = (value?: string) => ({ variable: (name: string) => name === "HAPPI_SOCKET" ? value : undefined });
const nothing = () => Promise.resolve(false);

Deno.test("findSocket() takes what is given before HAPPI_SOCKET, and that before the usual paths", async () => {
  const everything = () => Promise.resolve(true);
  assert.equal(await findSocket(environment("/env.sock"), "/given.sock", "worker", everything), "/given.sock");
  assert.equal(await findSocket(environment("/env.sock"), undefined, "worker", everything), "/env.sock");
  assert.equal(await findSocket(environment(), undefined, "worker", everything), USUAL_SOCKETS.worker[0]);
});

Deno.test("findSocket() takes the first usual path that exists", async () => {
  const exists = (path: string) => Promise.resolve(path === "/var/lib/haproxy/stats" || path === "/run/haproxy.sock");
  assert.equal(await findSocket(environment(), undefined, "worker", exists), "/var/lib/haproxy/stats");
});

Deno.test("findSocket() looks for a master's socket where those are", async () => {
  const exists = (path: string) => Promise.resolve(path.includes("master"));
  assert.equal(await findSocket(environment(), undefined, "master", exists), "/run/haproxy-master.sock");
});

Deno.test("findSocket() names every path it tried when there is none", async () => {
  await assert.rejects(() => findSocket(environment(), undefined, "worker", nothing), (thrown) => {
    assert.ok(thrown instanceof NoUsualSocket);
    for (const path of USUAL_SOCKETS.worker) assert.ok(thrown.message.includes(path), path);
    return true;
  });
});
