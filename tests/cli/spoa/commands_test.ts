/** `happi spoa config`, `check`, `ask`, `record` and `replay`. */

import assert from "node:assert/strict";
import { formatAddress } from "../../../lib/net/mod.ts";
import { Agent, EVENTS, POLICY_KIND_NAMES, SpopClient } from "../../../lib/spop/mod.ts";
import { run } from "../../../lib/cli/mod.ts";
import { fakeEnvironment, happi } from "../fake_environment.ts";
import { inFolder } from "./started_spoa.ts";

for (const kind of POLICY_KIND_NAMES) {
  for (const version of ["2.6", "3.0", "3.2"]) {
    Deno.test(`happi spoa config --policy ${kind} is a spoe.conf that happi spoa check has nothing against [HAProxy ${version}]`, async () => {
      const printed = await happi(["spoa", "config", "--policy", kind, "--haproxy", version, "--part", "spoe"]);
      assert.equal(printed.status, 0, printed.errors);
      assert.ok(EVENTS.some((event) => printed.output.includes(`event ${event}`)));
      const checked = await happi(["spoa", "check", "-", "--haproxy", version], { stdin: printed.output });
      assert.deepEqual([checked.status, checked.output], [0, ""]);
    });
  }
}

Deno.test("happi spoa config has a server line for a shared port, and one for each worker's own socket", async () => {
  const { output } = await happi(
    [
      "spoa",
      "config",
      "--workers",
      "2",
      "--listen",
      "127.0.0.1:3000",
      "--listen",
      "unix:/run/happi/spoa.sock",
      "--part",
      "backend",
    ],
  );
  const servers = [...output.matchAll(/^ +server \S+ (\S+)/gm)].map((match) => match[1]);
  assert.deepEqual(servers, [
    "127.0.0.1:3000",
    "unix@/run/happi/spoa.sock",
    "unix@/run/happi/spoa.2.sock",
  ]);
});

Deno.test("happi spoa check tells what is wrong, where, and ends with status 1", async () => {
  const conf = "[e]\nspoe-agent a\n  mesages m\n  timeout processing 1s\n  use-backend b\n";
  const { status, output } = await happi(["spoa", "check", "-"], { stdin: conf });
  assert.equal(status, 1);
  assert.match(
    output,
    /^-:3:3: error: "mesages" is no keyword of an agent \(HAProxy refuses\)\n {4}did you mean "messages"\?\n/m,
  );
  const json = await happi(["spoa", "check", "-", "--json"], { stdin: conf });
  assert.equal(json.status, 1);
  assert.ok(JSON.parse(json.output).some((remark: { code: string }) => remark.code !== ""));
});

Deno.test("happi spoa check -c also tells what the policies lack", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/happi.toml`, '[spoa.limit]\nkind = "rate"\nrate = 1\n');
    const { output: conf } = await happi(["spoa", "config", "--part", "spoe"]);
    await Deno.writeTextFile(`${folder}/spoe.conf`, conf);
    const { status, output } = await happi(["spoa", "check", `${folder}/spoe.conf`, "-c", `${folder}/happi.toml`]);
    assert.equal(status, 1);
    assert.match(output, /get-ip-reputation/);
  }));

Deno.test("happi spoa ask sends arguments with their types, and prints actions as JSON or as a table", async () => {
  const agent = new Agent().on("types", (message, actions) => {
    for (const name of message.argumentNames) {
      const value = message.args[name];
      actions.set("request", name, value === undefined ? null : value);
    }
    actions.unset("process", "gone");
  });
  await using listener = await agent.listen("127.0.0.1:0");
  const args = [
    "a=192.0.2.1",
    "b=::1",
    "c=-5",
    "d:string=5",
    "e=true",
    "f=x=y",
    "g:binary=00ff",
    "h:uint64=18446744073709551615",
  ];
  const asked = [
    "spoa",
    "ask",
    "--message",
    "types",
    "-p",
    formatAddress(listener.address),
    ...args.flatMap((one) => ["--arg", one]),
  ];
  const { status, output, errors } = await happi(asked);
  assert.equal(status, 0, errors);
  assert.match(output, /18446744073709551615[,}]/);
  const rows = JSON.parse(output).map(({ name, value, action }: Record<string, unknown>) => [name, value ?? action]);
  assert.deepEqual(rows.slice(0, 7), [
    ["a", "192.0.2.1"],
    ["b", "::1"],
    ["c", -5],
    ["d", "5"],
    ["e", true],
    ["f", "x=y"],
    ["g", "00ff"],
  ]);
  assert.deepEqual(rows.at(-1), ["gone", "unset_var"]);
  const table = await happi(asked, { isTerminal: true, columns: 100 });
  assert.match(table.output, /scope/);
  const unknown = await happi(["spoa", "ask", "--message", "tpyes", "-p", formatAddress(listener.address)]);
  assert.deepEqual([unknown.status, unknown.output], [0, "[]\n"]);
  assert.match(unknown.errors, /^happi: the agent sets nothing; it may not know message "tpyes"/);
  const hello = await happi(["spoa", "ask", "--check", "-p", formatAddress(listener.address)]);
  assert.equal(JSON.parse(hello.output).version, "2.0");
});

Deno.test("happi spoa record keeps the frames that happi spoa replay sends again", () =>
  inFolder(async (folder) => {
    let factor = 2;
    const agent = new Agent().on("double", (message, actions) => {
      actions.set("request", "twice", Number(message.integer("n")) * factor);
    });
    await using listener = await agent.listen("127.0.0.1:0");
    const address = formatAddress(listener.address);
    const file = `${folder}/frames.ndjson`;
    const ending = new AbortController();
    const listening = Promise.withResolvers<string>();
    const environment = fakeEnvironment(["spoa", "record", file, "--listen", "127.0.0.1:0", "-p", address], {
      signal: ending.signal,
      onWrite(text) {
        const [, where] = /recording on (\S+);/.exec(text) ?? [];
        if (where !== undefined) listening.resolve(where);
      },
    });
    const recording = run(environment);
    const front = await listening.promise;
    for (const numbers of [[1, 2], [3]]) {
      await using client = await SpopClient.connect(front);
      await Promise.all(numbers.map((n) => client.notify([{ name: "double", args: { n } }])));
      await client.disconnect();
    }
    ending.abort();
    assert.equal(await recording, 0);
    assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600, "it may hold secrets");
    const again = async () => await happi(["spoa", "replay", file, "-p", address, "--speed", "max"]);
    const same = await again();
    assert.equal(same.status, 0, same.errors + same.output);
    const { connections, same: count, answered, differences } = JSON.parse(same.output);
    assert.deepEqual([connections, count, answered, differences], [2, 3, 3, []]);
    factor = 3;
    const other = await again();
    assert.equal(other.status, 1);
    const [difference] = JSON.parse(other.output).differences;
    assert.deepEqual([difference.recorded[0].value.value, difference.answered[0].value.value], [2, 3]);
    const taken = await happi(["spoa", "record", file, "--listen", "127.0.0.1:0"]);
    assert.equal(taken.status, 2, "a recording is never written over");
    const wrong = await happi(["spoa", "replay", "-"], { stdin: "{}\n" });
    assert.match(wrong.errors, /Cannot read the recording: line 1 does not say/);
  }));
