/** `happi spoa` as a process: its start, its end, and code of a user's that misbehaves. */

import assert from "node:assert/strict";
import { Ip, SpopClient } from "../../../lib/spop/mod.ts";
import { inFolder, startSpoa } from "./started_spoa.ts";

/** A configuration with one script, whose message is `judge`. */
async function scriptConfig(folder: string, script: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/judge.ts`, script);
  await Deno.writeTextFile(`${folder}/happi.toml`, '[spoa.judge]\nkind = "script"\nfile = "judge.ts"\n');
  return `${folder}/happi.toml`;
}

/** The values of the variables that a message's answer sets. */
async function judge(client: SpopClient, args: Record<string, number | boolean>): Promise<unknown[]> {
  const actions = await client.notify([{ name: "judge", args }]);
  return actions.map((action) => action.type === "set_var" ? action.value.value : undefined);
}

Deno.test("happi spoa takes a SIGHUP while it still reads its lists, and acts on it when it listens", async () => {
  const asked = Promise.withResolvers<void>();
  const isSent = Promise.withResolvers<void>();
  const lists = ["192.0.2.1\n", "192.0.2.2\n"];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    asked.resolve();
    await isSent.promise;
    return new Response(lists.shift() ?? "");
  });
  await using spoa = startSpoa(["--listen", "127.0.0.1:0", "--list", `http://127.0.0.1:${server.addr.port}/list=40`]);
  await asked.promise;
  spoa.signal("SIGHUP");
  isSent.resolve();
  const [, address = ""] = await spoa.until(/answering SPOE on (\S+)\n/);
  await spoa.until(/Reloaded: read again reputation/);
  await using client = await SpopClient.connect(address);
  const [action] = await client.notify([{ name: "get-ip-reputation", args: { ip: Ip.parse("192.0.2.2") } }]);
  assert.equal(action?.type === "set_var" && action.value.value, 40);
  assert.equal((await spoa.stop()).code, 0);
});

Deno.test("happi spoa --workers 2 has a port for each worker, and says so, where Deno cannot share one", () =>
  inFolder(async (folder) => {
    const { unstable, ...rest } = JSON.parse(await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)));
    assert.deepEqual(unstable, ["net"]);
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(rest));
    const flags = ["--config", `${folder}/deno.json`, "--no-lock"];
    await using spoa = startSpoa(["--listen", "127.0.0.1:0", "--workers", "2"], flags);
    const [, one = "", two = ""] = await spoa.until(/on (\S+), worker 1\nhappi: answering SPOE on (\S+), worker 2\n/);
    assert.notEqual(one, two);
    await spoa.until(/^happi: workers have a port each: .* deno run --unstable-net, or --io epoll$/m);
    for (const address of [one, two]) await (await SpopClient.connect(address)).close();
    assert.equal((await spoa.stop()).code, 0);
  }));

for (const workers of [1, 2]) {
  Deno.test(`happi spoa --workers ${workers} lives through errors that a script's code throws behind its back`, () =>
    inFolder(async (folder) => {
      const config = await scriptConfig(
        folder,
        `export default (message, actions) => {
          setTimeout(() => { throw new Error("thrown by a timer, " + Math.random()); });
          Promise.reject(new Error("rejected"));
          actions.set("request", "n", message.args.n);
        };`,
      );
      const args = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", String(workers)];
      await using spoa = startSpoa(["-c", config, ...args]);
      const [, address = ""] = await spoa.until(/answering SPOE on ([^\s,]+)/);
      const [, url = ""] = await spoa.until(/serving (\S+)\n/);
      const uncaught = async () => {
        const text = await (await fetch(new URL("/metrics", url))).text();
        return Number(/^happi_spoa_uncaught_errors_total (\d+)$/m.exec(text)?.[1]);
      };
      for (let n = 0; n < 10; n++) {
        await using client = await SpopClient.connect(address);
        assert.deepEqual(await judge(client, { n }), [n]);
      }
      // The last timer may fire a little after the last answer.
      let count = 0;
      while (count < 20) count = await uncaught();
      assert.equal(count, 20);
      const { code, said } = await spoa.stop();
      assert.equal(code, 0);
      for (const what of ["thrown by a timer", "rejected"]) {
        const lines = said.split("\n").filter((line) => line.includes(what));
        assert.match(lines.join("\n"), /^[^\n]*\[ERROR\]: A policy's code threw where nobody catches: [^\n]*judge\.ts/);
        assert.equal(lines.length, 1, "it is said once");
      }
    }));
}

/** What a script does, and how. */
const FATAL: readonly (readonly [what: string, code: string])[] = [
  ["loops for ever", "for (;;);"],
  ["ends its worker", "Deno.exit(0);"],
];

for (const [what, code] of FATAL) {
  Deno.test(`happi spoa ends with status 70 when a script ${what}, and the other worker loses no verdict`, () =>
    inFolder(async (folder) => {
      const config = await scriptConfig(
        folder,
        `export default async (message, actions) => {
          if (message.args.fatal) ${code}
          await new Promise((resolve) => setTimeout(resolve, 100));
          actions.set("request", "n", message.args.n);
        };`,
      );
      await using spoa = startSpoa(["-c", config, "--listen", `unix:${folder}/spoa.sock`, "--workers", "2"]);
      await spoa.until(/spoa\.2\.sock, worker 2\n/);
      await using victim = await SpopClient.connect(`${folder}/spoa.sock`);
      await using other = await SpopClient.connect(`${folder}/spoa.2.sock`);
      const lost = assert.rejects(judge(victim, { fatal: true }));
      let isTold = false;
      const told = spoa.until(/\[ERROR\]: Cannot go on with worker 1: it does not answer: /).then(() => isTold = true);
      let n = 0;
      for (; !isTold; n++) assert.deepEqual(await judge(other, { n }), [n]);
      await told;
      await lost;
      assert.equal((await other.ended)?.status_code, 0, "it says goodbye");
      assert.equal((await spoa.end()).code, 70);
    }));
}

for (const [io, ...listen] of [["default", "tcp"], ["default", "unix"], ["epoll", "tcp"], ["epoll", "unix"]]) {
  Deno.test(`happi spoa --workers 2 --io ${io} (${listen}) gives every verdict that is waited for on SIGTERM`, () =>
    inFolder(async (folder) => {
      const config = await scriptConfig(
        folder,
        `export default async (message, actions) => {
          const { n, ms } = message.args;
          await new Promise((resolve) => setTimeout(resolve, ms));
          actions.set("request", "n", n);
        };`,
      );
      const address = listen[0] === "tcp" ? "127.0.0.1:0" : `unix:${folder}/spoa.sock`;
      await using spoa = startSpoa(["-c", config, "--listen", address, "--workers", "2", "--io", io ?? ""]);
      const [, ...addresses] = await spoa.until(/on (\S+), worker 1\nhappi: answering SPOE on (\S+), worker 2\n/);
      const clients = await Promise.all(
        Array.from({ length: CONNECTIONS }, (_, at) => SpopClient.connect(addresses[at % 2] ?? "")),
      );
      const told = Promise.withResolvers<void>();
      let warm = 0;
      let answers = 0;
      // Lanes of different pace: a connection has always something that HAProxy waits for.
      const lane = async (client: SpopClient, at: number) => {
        for (let n = 0; n < ROUNDS; n++) {
          assert.deepEqual(await judge(client, { n, ms: 30 + 9 * at }), [n]);
          answers++;
          if (n === 0 && ++warm === CONNECTIONS * LANES) told.resolve();
        }
      };
      const traffic = clients.flatMap((client) => Array.from({ length: LANES }, (_, at) => lane(client, at)));
      await told.promise;
      const { code, said } = await spoa.stop();
      await Promise.all(traffic);
      assert.equal(answers, CONNECTIONS * LANES * ROUNDS);
      for (const client of clients) assert.equal((await client.ended)?.status_code, 0, "it says goodbye");
      assert.equal(code, 0, said);
    }));
}

const CONNECTIONS = 8;
const LANES = 8;
const ROUNDS = 6;
