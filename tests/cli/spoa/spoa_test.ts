/** `happi spoa` in this process: its configuration, its reload, its API. */

import assert from "node:assert/strict";
import { run } from "../../../lib/cli/mod.ts";
import { SpopClient } from "../../../lib/spop/mod.ts";
import { type FakeEnvironment, fakeEnvironment, happi } from "../fake_environment.ts";
import { inFolder } from "./started_spoa.ts";

/** A `happi spoa` that runs, what it says, and its end. */
class Running implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #environment: FakeEnvironment;
  readonly #status: Promise<number>;
  #wakers: (() => void)[] = [];

  constructor(args: readonly string[]) {
    this.#environment = fakeEnvironment(["spoa", ...args], {
      signal: this.#ending.signal,
      onWrite: () => this.#wakers.splice(0).forEach((wake) => wake()),
    });
    this.#status = run(this.#environment);
  }

  get said(): string {
    return this.#environment.errors();
  }

  /** Waits until what it has said fits. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.said);
      if (found !== null) return found;
      const written = new Promise<void>((resolve) => this.#wakers.push(resolve));
      const status = await Promise.race([this.#status, written]);
      assert.equal(status, undefined, `it ended before ${pattern}: ${this.said}`);
    }
  }

  hangUp(): void {
    this.#environment.hangUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    assert.equal(await this.#status, 0, this.said);
  }
}

async function actionsOf(address: string, message: string, args: Record<string, string | number>) {
  await using client = await SpopClient.connect(address);
  const actions = await client.notify([{ name: message, args }]);
  return Object.fromEntries(
    actions.flatMap((action) => action.type === "set_var" ? [[action.name, action.value.value]] : []),
  );
}

Deno.test("happi spoa -c takes its policies from the file, and others on SIGHUP, without dropping a connection", () =>
  inFolder(async (folder) => {
    const file = `${folder}/happi.toml`;
    const head = '[spoa]\nlisten = "127.0.0.1:0"\n';
    await Deno.writeTextFile(
      file,
      `${head}[spoa.split]\nkind = "ab"\nsalt = "s"\nvariants = { old = 1 }\n[spoa.limit]\nkind = "rate"\nrate = 1\n`,
    );
    await using spoa = new Running(["-c", file]);
    const [, address = ""] = await spoa.until(/answering SPOE on (\S+)\n/);
    await using client = await SpopClient.connect(address);
    const variant = async () => {
      const [action] = await client.notify([{ name: "choose-variant", args: { key: "k" } }]);
      return action?.type === "set_var" ? action.value.value : undefined;
    };
    assert.equal(await variant(), "old");
    await Deno.writeTextFile(
      file,
      `${head}workers = 3\n[spoa.split]\nkind = "ab"\nsalt = "s"\nvariants = { new = 1 }\n[spoa.bots]\nkind = "useragent"\n`,
    );
    spoa.hangUp();
    await spoa.until(/"workers" has changed in the configuration: start happi again to have it/);
    await spoa.until(/Reloaded: added bots; changed split; removed limit/);
    assert.equal(await variant(), "new", "on the connection that was there before");
    assert.deepEqual(Object.keys(await actionsOf(address, "classify-useragent", { ua: "curl/8" })).length > 0, true);
    assert.deepEqual(await actionsOf(address, "check-rate", { key: "k" }), {});
  }));

Deno.test("happi spoa keeps what it has when the new configuration is wrong, and says where", () =>
  inFolder(async (folder) => {
    const file = `${folder}/happi.toml`;
    const text = (variants: string) =>
      `[spoa]\nlisten = "127.0.0.1:0"\n[spoa.split]\nkind = "ab"\nsalt = "s"\nvariants = ${variants}\n`;
    await Deno.writeTextFile(file, text("{ old = 1 }"));
    await using spoa = new Running(["-c", file]);
    const [, address = ""] = await spoa.until(/answering SPOE on (\S+)\n/);
    await Deno.writeTextFile(file, text("7"));
    spoa.hangUp();
    await spoa.until(
      /\[ERROR\]: Policy "split" stays as it was: Cannot use ".*happi\.toml": line 6, key "spoa\.split\.variants" is "7"/,
    );
    await Deno.writeTextFile(file, "[spoa\n");
    spoa.hangUp();
    await spoa.until(/\[ERROR\]: Nothing was reloaded: Cannot use ".*happi\.toml": line 1 is no TOML/);
    assert.equal((await actionsOf(address, "choose-variant", { key: "k" })).ab_variant, "old");
  }));

Deno.test("happi spoa takes a first script on SIGHUP, and says that only a new start gives it a worker", () =>
  inFolder(async (folder) => {
    const file = `${folder}/happi.toml`;
    const head = '[spoa]\nlisten = "127.0.0.1:0"\n';
    await Deno.writeTextFile(file, `${head}[spoa.bots]\nkind = "useragent"\n`);
    await Deno.writeTextFile(`${folder}/one.ts`, 'export default (m, actions) => actions.set("request", "one", 1);');
    await using spoa = new Running(["-c", file]);
    const [, address = ""] = await spoa.until(/answering SPOE on (\S+)\n/);
    await Deno.writeTextFile(file, `${head}[spoa.judge]\nkind = "script"\nfile = "one.ts"\n`);
    spoa.hangUp();
    await spoa.until(/\[WARNING\]: The first script has come: start happi again/);
    await spoa.until(/Reloaded: added judge; removed bots/);
    assert.deepEqual(await actionsOf(address, "judge", {}), { one: 1 });
  }));

Deno.test("happi spoa answers a chain and not its members on their own", () =>
  inFolder(async (folder) => {
    const file = `${folder}/happi.toml`;
    await Deno.writeTextFile(
      file,
      `[spoa]
listen = "127.0.0.1:0"
[spoa.front]
kind = "chain"
message = "front"
policies = ["split", "limit"]
[spoa.split]
kind = "ab"
salt = "s"
variants = { only = 1 }
[spoa.limit]
kind = "rate"
rate = 1
burst = 1
`,
    );
    await using spoa = new Running(["-c", file]);
    const [, address = ""] = await spoa.until(/answering SPOE on (\S+)\n/);
    const both = await actionsOf(address, "front", { key: "k" });
    assert.equal(both.ab_variant, "only");
    assert.ok(Object.keys(both).some((name) => name.startsWith("rate_")), JSON.stringify(both));
    assert.deepEqual(await actionsOf(address, "choose-variant", { key: "k" }), {});
    const { output } = await happi(["spoa", "config", "-c", file, "--haproxy", "3.2"]);
    assert.match(output, /messages front\n/);
  }));

Deno.test("happi spoa --http serves the agent, its messages, its metrics and its verdicts", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/bad`, "192.0.2.0/24\n");
    await using spoa = new Running(["--listen", "127.0.0.1:0", "--list", `${folder}/bad=3`, "--http", "127.0.0.1:0"]);
    const [, address = ""] = await spoa.until(/answering SPOE on (\S+)\n/);
    const [, url = ""] = await spoa.until(/serving (\S+)\n/);
    const score = (ip: string) => actionsOf(address, "get-ip-reputation", { ip });
    assert.deepEqual(await score("192.0.2.1"), { ip_score: 3 });
    // The verdict above came when nobody looked: it is not in the feed.
    const stream = await fetch(`${url}/verdicts?feed=eventsource`);
    assert.match(stream.headers.get("content-type") ?? "", /^text\/event-stream/);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let events = (await reader?.read())?.value ?? "";
    assert.equal(events, ": following\n\n");
    await score("192.0.2.2");
    while (!events.endsWith("}\n\n")) events += (await reader?.read())?.value ?? assert.fail("it ended");
    const verdict = JSON.parse(/^data: (.*)$/m.exec(events)?.[1] ?? "");
    assert.equal(verdict.policy, "reputation");
    assert.deepEqual(verdict.args, { ip: "192.0.2.2" });
    assert.deepEqual(verdict.actions, [{ type: "set_var", scope: "session", name: "ip_score", value: 3 }]);
    await reader?.cancel();
    const { messages } = await (await fetch(`${url}/messages`)).json();
    assert.equal(messages["get-ip-reputation"].messages, 2);
    assert.ok(messages["get-ip-reputation"].latency.count > 0);
    const metrics = await (await fetch(new URL("/metrics", url))).text();
    assert.match(metrics, /^happi_spoa_messages_total{message="get-ip-reputation"} 2$/m);
    assert.match(metrics, /^happi_spoa_latency_seconds_bucket{message="get-ip-reputation",le="\+Inf"} [12]$/m);
    const refused = await fetch(url, { headers: { origin: "https://evil.example" } });
    assert.equal(refused.status, 403);
    assert.equal((await refused.json()).error.code, "foreign_origin");
  }));

for (const io of ["default", "epoll"]) {
  Deno.test(`happi spoa --workers 2 --io ${io} listens on one port, and tells the verdicts of both workers`, async () => {
    const port = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    await using spoa = new Running([...port, "--workers", "2", "--io", io]);
    const [, one, two] = await spoa.until(/on (\S+), worker 1\nhappi: answering SPOE on (\S+), worker 2\n/);
    assert.equal(one, two);
    const [, url = ""] = await spoa.until(/serving (\S+)\n/);
    const poll = fetch(`${url}/verdicts?feed=longpoll`);
    // Until the poll has reached the workers there is nothing to be told.
    let isTold = false;
    const told = poll.then(async (response) => {
      isTold = true;
      return await response.json();
    });
    while (!isTold) await actionsOf(one ?? "", "get-ip-reputation", { ip: "::1" });
    assert.equal((await told).records[0].value.actions[0].value, 100);
    const workersAsked = async () => {
      const { listeners } = await (await fetch(url)).json();
      return listeners.filter((listener: { connections: number }) => listener.connections > 0).length;
    };
    const clients: SpopClient[] = [];
    while (await workersAsked() < 2) clients.push(await SpopClient.connect(one ?? ""));
    await Promise.all(clients.map((client) => client.close()));
    const { frames } = await (await fetch(url)).json();
    const { messages } = await (await fetch(`${url}/messages`)).json();
    assert.ok(frames > 0);
    assert.equal(messages["get-ip-reputation"].messages, frames);
  });
}

Deno.test("happi spoa --workers 2 does not share the port of another happi spoa --workers 2", async () => {
  for (const io of ["default", "epoll"]) {
    await using first = new Running(["--listen", "127.0.0.1:0", "--workers", "2", "--io", io]);
    const [, address = ""] = await first.until(/answering SPOE on (\S+), worker 2\n/);
    const { status, errors } = await happi(["spoa", "--listen", address, "--workers", "2", "--io", io]);
    assert.match(errors, /^happi: Cannot listen on "127\.0\.0\.1:\d+": the address is in use\n$/);
    assert.equal(status, 3);
  }
});
