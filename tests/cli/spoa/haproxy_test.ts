/** `happi spoa` behind real HAProxy, with the text that `happi spoa config` printed pasted into its configuration. */

import assert from "node:assert/strict";
import { freePort } from "../../../scripts/haproxy/ports.ts";
import { type RunningHaproxy, startHaproxy } from "../../../scripts/haproxy/launch.ts";
import { availableVersions, type HaproxyBuild } from "../../../scripts/haproxy/versions.ts";
import { happi } from "../fake_environment.ts";
import { inFolder, startSpoa } from "./started_spoa.ts";

const { present } = await availableVersions();

Deno.test("a HAProxy is there to be asked", () => assert.ok(present.length > 0));

/** A HAProxy with what `happi spoa config` prints for it; the score of a request's address is in its answer. */
async function pasted(build: HaproxyBuild, args: readonly string[]): Promise<RunningHaproxy> {
  const print = async (part: string) => {
    const { status, output, errors } = await happi([
      "spoa",
      "config",
      "--haproxy",
      build.version,
      "--part",
      part,
      ...args,
    ]);
    assert.equal(status, 0, errors);
    return output;
  };
  const [spoe, backend, frontend] = await Promise.all(["spoe", "backend", "frontend"].map(print));
  return await startHaproxy(build, {
    master: true,
    // The address that is judged comes with the request, so that a test can be many clients.
    files: {
      "happi.spoe.conf": (spoe ?? "").replace("ip=src", "ip=req.hdr_ip(x-ip)").replace(
        "on-client-session",
        "on-frontend-http-request",
      ),
    },
    config: (context) =>
      `defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
frontend web
  bind 127.0.0.1:${context.port("web")}
${frontend?.replace("/etc/haproxy/happi.spoe.conf", context.file("happi.spoe.conf"))}
  http-request return status 200 hdr x-score "%[var(sess.happi.ip_score)]"
${backend}`,
  });
}

/** The status and the score that HAProxy answers a client at an address with. */
async function ask(haproxy: RunningHaproxy, ip: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${haproxy.port("web")}/`, {
    headers: { "x-ip": ip, connection: "close" },
  });
  await response.body?.cancel();
  return response.status === 200 ? response.headers.get("x-score") ?? "" : String(response.status);
}

for (const build of present) {
  Deno.test(`happi spoa answers HAProxy, takes new lists on SIGHUP and drains on SIGTERM [HAProxy ${build.version}]`, () =>
    inFolder(async (folder) => {
      const listen = `127.0.0.1:${freePort()}`;
      const list = `${folder}/bad.netset`;
      await Deno.writeTextFile(list, "192.0.2.0/24\n2001:db8::/32\n");
      await using spoa = startSpoa(["--listen", listen, "--list", `${list}=40`]);
      await spoa.until(new RegExp(`^happi: answering SPOE on ${listen}\n`));
      await using haproxy = await pasted(build, ["--listen", listen]);
      assert.equal(await ask(haproxy, "192.0.2.9"), "40");
      assert.equal(await ask(haproxy, "2001:db8::7"), "40");
      assert.equal(await ask(haproxy, "198.51.100.1"), "100");
      await Deno.writeTextFile(list, "198.51.100.0/24\n203.0.113.0/24\n");
      spoa.signal("SIGHUP");
      await spoa.until(/\[INFO\]: Reloaded: read again reputation/);
      assert.equal(await ask(haproxy, "192.0.2.9"), "100");
      assert.equal(await ask(haproxy, "198.51.100.1"), "40");
      assert.equal((await spoa.stop()).code, 0);
    }));

  Deno.test(`happi spoa refuses clients by the printed rule [HAProxy ${build.version}]`, () =>
    inFolder(async (folder) => {
      const socket = `unix:${folder}/spoa.sock`;
      await Deno.writeTextFile(`${folder}/bad`, "192.0.2.0/24\n");
      await using spoa = startSpoa(["--listen", socket, "--list", `${folder}/bad=5`]);
      await spoa.until(/answering SPOE on/);
      await using haproxy = await pasted(build, ["--listen", socket]);
      assert.equal(await ask(haproxy, "192.0.2.9"), "403");
      assert.equal(await ask(haproxy, "192.0.3.9"), "100");
    }));

  for (const io of ["default", "epoll"]) {
    Deno.test(`happi spoa --workers 2 --io ${io} shares lists and reloads them in all workers [HAProxy ${build.version}]`, () =>
      inFolder(async (folder) => {
        const socket = `unix:${folder}/spoa.sock`;
        const listen = ["--listen", socket, "--workers", "2", "--io", io];
        await Deno.writeTextFile(`${folder}/bad`, "192.0.2.0/24\n");
        await using spoa = startSpoa([...listen, "--list", `${folder}/bad=40`, "--http", "127.0.0.1:0"]);
        await spoa.until(/spoa\.sock, worker 1\nhappi: answering SPOE on .*\/spoa\.2\.sock, worker 2\n/);
        const [, url] = await spoa.until(/serving (http:\/\/\S+)/);
        await using haproxy = await pasted(build, listen);
        const scores = async (
          ip: string,
        ) => [...new Set(await Promise.all(Array.from({ length: 20 }, () => ask(haproxy, ip))))];
        assert.deepEqual(await scores("192.0.2.1"), ["40"]);
        await Deno.writeTextFile(`${folder}/bad`, "198.51.100.0/24\n");
        spoa.signal("SIGHUP");
        await spoa.until(/Reloaded: read again reputation/);
        assert.deepEqual(await scores("192.0.2.1"), ["100"]);
        assert.deepEqual(await scores("198.51.100.9"), ["40"]);
        const { listeners, frames, policies } = await (await fetch(url ?? "")).json();
        assert.deepEqual(listeners.map((one: { worker: number }) => one.worker), [1, 2]);
        assert.equal(frames, 60);
        assert.deepEqual([policies[0].stats.decisions, policies[0].stats.prefixes], [60, 1]);
        const { code, said } = await spoa.stop();
        assert.equal(code, 0, said);
      }));
  }
}
