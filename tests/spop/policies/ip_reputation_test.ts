import assert from "node:assert/strict";
import { Ip } from "../../../lib/spop/codec/mod.ts";
import { createIpReputation, ipReputationOf } from "../../../lib/spop/policies/ip_reputation.ts";
import type { ListOptions } from "../../../lib/spop/policies/lists/list_options.ts";
import { InvalidPolicy, type Policy } from "../../../lib/spop/policies/policy.ts";
import { PrefixTable } from "../../../lib/spop/policies/prefixes/prefix_table.ts";
import { SourceFailed } from "../../../lib/spop/policies/sources/source.ts";
import { decide, defaultsOf } from "./verdict.ts";
import { Waking } from "./waking.ts";

async function score(policy: Policy, ip: string): Promise<unknown> {
  return (await decide(policy, { ip: Ip.parse(ip) }))["session.ip_score"];
}

/** A file in a folder of its own. */
class TemporaryFile implements AsyncDisposable {
  private constructor(readonly path: string, readonly folder: string) {}

  static async of(text: string, name = "list.netset"): Promise<TemporaryFile> {
    const folder = await Deno.makeTempDir();
    const file = new TemporaryFile(`${folder}/${name}`, folder);
    await Deno.writeTextFile(file.path, text);
    return file;
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A server of one list, which a test changes. */
class ListServer implements AsyncDisposable {
  body: string | ReadableStream<Uint8Array> = "";
  etag: string | undefined = undefined;
  status = 200;
  headers: Record<string, string> = {};
  readonly seen: string[] = [];
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const condition = request.headers.get("if-none-match");
    this.seen.push(condition ?? "");
    if (this.etag !== undefined && condition === this.etag) return new Response(null, { status: 304 });
    return new Response(this.body, {
      status: this.status,
      headers: { ...this.headers, ...(this.etag === undefined ? {} : { etag: this.etag }) },
    });
  });
  readonly url = `http://127.0.0.1:${this.#server.addr.port}/list.netset?key=secret`;
  readonly name = `http://127.0.0.1:${this.#server.addr.port}/list.netset`;

  async [Symbol.asyncDispose]() {
    await this.#server.shutdown();
  }
}

Deno.test("createIpReputation() gives 100 where no list knows the address", async () => {
  await using policy = await createIpReputation();
  assert.deepEqual(await decide(policy, { ip: Ip.parse("192.0.2.1") }), { "session.ip_score": 100 });
  assert.deepEqual(await decide(policy, { ip: "garbage" }), { "session.ip_score": 100 });
  assert.deepEqual(await decide(policy, {}), { "session.ip_score": 100 });
  assert.deepEqual(defaultsOf(policy), { "session.ip_score": 100 });
  assert.deepEqual(policy.stats?.()["decisions"], 3);
});

Deno.test("createIpReputation() takes the longest prefix of all lists, and of equal ones the lowest score", async () => {
  await using wide = await TemporaryFile.of("10.0.0.0/8\n192.0.2.0/24\n2001:db8::/32");
  await using narrow = await TemporaryFile.of("10.1.0.0/16,60\n192.0.2.0/24,40\n192.0.2.0/24,45", "list.csv");
  await using policy = await createIpReputation({
    lists: [{ source: wide.path, score: 20, name: "wide" }, { source: narrow.path, score: 50, name: "narrow" }],
  });
  assert.equal(await score(policy, "10.1.2.3"), 60);
  assert.equal(await score(policy, "10.2.2.3"), 20);
  assert.equal(await score(policy, "192.0.2.9"), 20);
  assert.equal(await score(policy, "::ffff:192.0.2.9"), 20);
  assert.equal(await score(policy, "2001:db8:1::"), 20);
  assert.equal(await score(policy, "2001:db9::"), 100);
  assert.equal(policy.stats?.()["list.narrow.entries"], 3);
});

Deno.test("createIpReputation() uses the names that it is given", async () => {
  await using policy = await createIpReputation({
    name: "r",
    message: "m",
    argument: "a",
    variable: "v",
    scope: "transaction",
    unknownScore: 7,
    event: "on-frontend-http-request",
  });
  assert.deepEqual(await decide(policy, { a: "192.0.2.1" }), { "transaction.v": 7 });
  assert.deepEqual(policy.message, {
    name: "m",
    event: "on-frontend-http-request",
    args: [{ name: "a", types: ["ip", "string"], fetch: "src" }],
  });
  assert.equal(policy.name, "r");
});

Deno.test("createIpReputation() follows a file that changes on disk, and keeps its list when it goes bad", async () => {
  await using file = await TemporaryFile.of("192.0.2.1");
  const waking = new Waking();
  await using policy = await createIpReputation({ lists: [{ source: file.path, name: "l" }], outside: waking.outside });
  assert.equal(await score(policy, "192.0.2.2"), 100);

  await Deno.writeTextFile(`${file.path}.new`, "192.0.2.1\n192.0.2.2\n");
  await Deno.rename(`${file.path}.new`, file.path);
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.2"), 0);
  assert.equal(policy.stats?.()["list.l.error"], undefined);
  const builds = policy.stats?.()["builds"];
  await waking.wake();
  assert.equal(policy.stats?.()["builds"], builds, "an unchanged file is not read again");

  await Deno.writeTextFile(file.path, "<html>\nwhat is this\n");
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.2"), 0);
  assert.match(String(policy.stats?.()["list.l.error"]), /it is no such list/);

  await Deno.remove(file.path);
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.2"), 0);
  assert.match(String(policy.stats?.()["list.l.error"]), /there is no such file/);

  await Deno.writeTextFile(file.path, "192.0.2.3\n");
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.2"), 100);
  assert.equal(policy.stats?.()["list.l.error"], undefined);
});

Deno.test("reload() reads everything again at once, and tells what could not be read", async () => {
  await using one = await TemporaryFile.of("192.0.2.1");
  await using two = await TemporaryFile.of("192.0.2.2");
  await using policy = await createIpReputation({ lists: [{ source: one.path }, { source: two.path }] });
  await Deno.writeTextFile(one.path, "nonsense\n");
  await Deno.writeTextFile(two.path, "192.0.2.2\n192.0.2.3\n");
  await assert.rejects(Promise.resolve(policy.reload?.()), SourceFailed);
  assert.equal(await score(policy, "192.0.2.1"), 0, "the bad list's entries stay");
  assert.equal(await score(policy, "192.0.2.3"), 0, "the good list is in force");
  await assert.rejects(Promise.resolve(policy.reload?.(AbortSignal.abort())), SourceFailed);
});

Deno.test("createIpReputation() asks a server with the ETag that it had, and keeps its list on every failure", async () => {
  await using server = new ListServer();
  server.body = Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`).join("\n");
  server.etag = '"one"';
  const waking = new Waking();
  await using policy = await createIpReputation({
    lists: [{ source: server.url, name: "l", maxBytes: 10_000, score: 5 }],
    outside: waking.outside,
  });
  const error = () => policy.stats?.()["list.l.error"];
  assert.equal(await score(policy, "192.0.2.7"), 5);

  await waking.wake();
  assert.deepEqual(server.seen, ["", '"one"']);
  assert.equal(policy.stats?.()["builds"], 1, "304: nothing to build");

  server.etag = '"two"';
  const failures: [Partial<Pick<ListServer, "body" | "status" | "headers">>, RegExp][] = [
    [{ status: 503 }, /the server answered 503/],
    [{ status: 206 }, /the server answered 206/],
    [{ body: "" }, /it has no entries/],
    [{ body: "192.0.2.1\n" }, /it has 1 entries and had 200 before/],
    [{ body: "1.1.1.1\n".repeat(2000) }, /it is larger than 10000 bytes/],
    [{ body: new Blob(["1.1.1.1\n".repeat(2000)]).stream() }, /it is larger than 10000 bytes/],
    [{ body: "<html>\n".repeat(300) }, /it is no such list/],
  ];
  for (const [failure, why] of failures) {
    Object.assign(server, { status: 200, body: "", headers: {} }, failure);
    await waking.wake();
    assert.match(String(error()), why);
    assert.ok(String(error()).startsWith(`Cannot read "${server.name}": `), "the query is not shown");
    assert.equal(await score(policy, "192.0.2.7"), 5);
  }
  Object.assign(server, { status: 200, body: Array.from({ length: 150 }, (_, i) => `198.51.100.${i}`).join("\n") });
  await waking.wake();
  assert.equal(error(), undefined);
  assert.equal(await score(policy, "192.0.2.7"), 100);
  assert.equal(await score(policy, "198.51.100.7"), 5);
});

Deno.test("createIpReputation() keeps its list when an answer breaks off", async () => {
  const breaksOff = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("192.0.2.2\n")),
      pull: () => Promise.reject(new Error("connection reset")),
    });
  let asked = 0;
  await using policy = await createIpReputation({
    lists: [{ source: "https://lists.test/x" }],
    outside: { fetch: () => Promise.resolve(new Response(asked++ === 0 ? "192.0.2.1" : breaksOff())) },
  });
  await assert.rejects(Promise.resolve(policy.reload?.()), {
    message: 'Cannot read "https://lists.test/x": connection reset',
  });
  assert.equal(await score(policy, "192.0.2.1"), 0);
  assert.equal(await score(policy, "192.0.2.2"), 100);
});

Deno.test("createIpReputation() asks a server by date when it has no ETag", async () => {
  const date = "Sat, 21 Nov 2026 03:00:00 GMT";
  const seen: (string | null)[] = [];
  const answer = (_url: string, init: RequestInit) => {
    seen.push(new Headers(init.headers).get("if-modified-since"));
    return Promise.resolve(
      seen.length === 1
        ? new Response("192.0.2.1", { headers: { "last-modified": date } })
        : new Response(null, { status: 304 }),
    );
  };
  await using policy = await createIpReputation({
    lists: [{ source: "https://lists.test/x" }],
    outside: { fetch: answer },
  });
  await policy.reload?.();
  assert.deepEqual(seen, [null, date]);
  assert.equal(await score(policy, "192.0.2.1"), 0);
});

Deno.test("createIpReputation() gives up on a server that does not answer", async () => {
  const silent = (_url: string, init: RequestInit) =>
    new Promise<Response>((_, reject) => init.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
  await assert.rejects(
    createIpReputation({
      lists: [{ source: "https://lists.test/x", timeoutMs: 1, required: true }],
      outside: { fetch: silent },
    }),
    /Cannot make policy "ip_reputation": Cannot read "https:\/\/lists.test\/x": /,
  );
});

Deno.test("createIpReputation() starts without a URL that does not answer, and has its list when it does", async () => {
  await using server = new ListServer();
  server.status = 500;
  const waking = new Waking();
  await using policy = await createIpReputation({
    lists: [{ source: server.url, name: "l" }],
    outside: waking.outside,
  });
  assert.equal(policy.stats?.()["list.l.state"], "missing");
  Object.assign(server, { status: 200, body: "192.0.2.1" });
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.1"), 0);
});

Deno.test("createIpReputation() lets a list age out when nobody confirms it, and has it back when somebody does", async () => {
  await using server = new ListServer();
  Object.assign(server, { body: "192.0.2.1", etag: '"one"' });
  const waking = new Waking();
  await using policy = await createIpReputation({
    lists: [{ source: server.url, name: "l", maxAgeMs: 60_000 }],
    outside: waking.outside,
  });
  server.status = 500;
  server.etag = '"two"';
  waking.time += 60_000;
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.1"), 0);
  waking.time += 1;
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.1"), 100);
  assert.equal(policy.stats?.()["list.l.state"], "aged_out");
  server.etag = '"one"';
  await waking.wake();
  assert.equal(await score(policy, "192.0.2.1"), 0, "304 confirms it");
});

Deno.test("createIpReputation() refuses options that make no sense, and files that are not there", async () => {
  const wrong: [Parameters<typeof createIpReputation>[0], string][] = [
    [{ unknownScore: 101 }, 'option "unknownScore" is "101" and must be an integer from 0 to 100'],
    [{ lists: [{ source: "/a", score: -1 }] }, 'option "lists[0].score" is "-1" and must be an integer from 0 to 100'],
    [{ lists: [{ source: "/a" }, { source: "/a" }] }, 'two lists have the name "/a"'],
    [
      { lists: [{ source: "http://a:b@c/d?key=1" }, { source: "http://c/d?key=2" }] },
      'two lists have the name "http://c/d"',
    ],
    [{ lists: [JSON.parse('{"score": 1}') as ListOptions] }, 'option "lists[0].source" is missing'],
    [
      { lists: [{ source: "/a", prefixColumn: 0 }] },
      'option "lists[0].prefixColumn" is "0" and must be a number from 1 to 64 or a name of the header line',
    ],
    [{ lists: [{ source: "/no/such" }] }, 'Cannot read "/no/such": there is no such file'],
    [{ lists: [{ source: "/" }] }, 'Cannot read "/": it is no regular file'],
    [
      { message: "two words" },
      'option "message" is "two words" and must be 1 to 63 letters, digits, dots, dashes and underscores',
    ],
  ];
  for (const [options, why] of wrong) {
    await assert.rejects(createIpReputation(options), (thrown) => {
      assert.ok(thrown instanceof InvalidPolicy);
      assert.equal(thrown.message, `Cannot make policy "ip_reputation": ${why}`);
      return true;
    });
  }
  await assert.rejects(createIpReputation(JSON.parse('{"color": 1}')), /there is no option "color"/);
});

Deno.test("ipReputationOf() decides by the parts of a table that another thread has made", async () => {
  await using file = await TemporaryFile.of("192.0.2.1");
  const tables: PrefixTable[] = [];
  await using owner = await createIpReputation({
    lists: [{ source: file.path, score: 30 }],
    onTable: (table) => tables.push(table),
  });
  assert.equal(await score(owner, "192.0.2.1"), 30);
  const [table] = tables;
  assert.ok(table !== undefined);
  await using policy = ipReputationOf({ table: new PrefixTable(structuredClone(table.parts)) }, {});
  assert.equal(await score(policy, "192.0.2.1"), 30);
  assert.equal(policy.reload, undefined);
});

Deno.test("createIpReputation() does not tell the key in a URL", async () => {
  await using server = new ListServer();
  server.body = "192.0.2.1\n";
  await using policy = await createIpReputation({ lists: [{ source: server.url }] });
  const stats = JSON.stringify(policy.stats?.());
  assert.ok(stats.includes(`list.${server.name}.entries`), stats);
  assert.ok(!stats.includes("secret"), stats);
});
