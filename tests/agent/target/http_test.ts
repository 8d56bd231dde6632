import assert from "node:assert/strict";
import { CheckFailed, TargetRefused } from "../../../lib/agent/errors.ts";
import { TargetGuard } from "../../../lib/agent/target/guard.ts";
import { askHttp, type HttpQuestion, parseTargetUrl } from "../../../lib/agent/target/http.ts";
import { checkContext, closedPort, forever, httpPeer, rawPeer } from "./peers.ts";

const here = checkContext({ guard: new TargetGuard({}, () => Promise.resolve(["127.0.0.1"])) });

function ask(url: string, more: Partial<HttpQuestion> = {}) {
  return askHttp({ url: new URL(url), ...more }, here, forever());
}

Deno.test("askHttp() sends method, path, headers, Host with port, and a body", async () => {
  const bodies: string[] = [];
  await using peer = httpPeer(async (request) => {
    bodies.push(await request.text());
    return new Response("made", { status: 201, headers: [["x-a", "1"], ["x-a", "2"]] });
  });
  const answer = await ask(`http://chain.example:${peer.port}/a%20b/c?d=e#f`, {
    method: "PUT",
    headers: { "X-Own": "yes" },
    body: "grüße",
  });
  assert.deepEqual([answer.status, answer.statusText, answer.body], [201, "Created", "made"]);
  assert.equal(answer.headers["x-a"], "1, 2");
  const [request] = peer.requests;
  assert.ok(request);
  assert.deepEqual([request.method, request.url], ["PUT", `http://chain.example:${peer.port}/a%20b/c?d=e`]);
  assert.deepEqual(["host", "x-own", "user-agent"].map((name) => request.headers.get(name)), [
    `chain.example:${peer.port}`,
    "yes",
    "happi",
  ]);
  assert.deepEqual(bodies, ["grüße"]);
});

Deno.test("askHttp() sends another Host header when it is told to, and connects to the URL's host", async () => {
  await using peer = httpPeer(() => new Response());
  await ask(peer.url, { host: "vhost.example:8888" });
  assert.equal(peer.requests[0]?.headers.get("host"), "vhost.example:8888");
});

Deno.test("askHttp() asks an IPv6 address", async () => {
  await using server = Deno.serve(
    { hostname: "::1", port: 0, onListen: () => {} },
    (request) => new Response(request.headers.get("host")),
  );
  const { body } = await ask(`http://[::1]:${server.addr.port}/`);
  assert.equal(body, `[::1]:${server.addr.port}`);
});

Deno.test("askHttp() follows no redirect", async () => {
  await using peer = httpPeer(() => Response.redirect("http://169.254.169.254/latest/meta-data/"));
  const answer = await ask(peer.url);
  assert.equal(answer.status, 302);
  assert.equal(answer.headers["location"], "http://169.254.169.254/latest/meta-data/");
  assert.equal(peer.requests.length, 1);
});

Deno.test("askHttp() sends neither name nor password of a URL", async () => {
  await using peer = httpPeer(() => new Response());
  await ask(peer.url.replace("//", "//me:secret@"));
  assert.equal(peer.requests[0]?.headers.get("authorization"), null);
  assert.doesNotMatch(peer.requests[0]?.url ?? "", /secret/);
});

Deno.test("askHttp() has no body for HEAD and 204", async () => {
  await using peer = httpPeer(({ method }) =>
    method === "HEAD" ? new Response("12345") : new Response(null, { status: 204 })
  );
  assert.equal((await ask(peer.url, { method: "HEAD" })).body, "");
  assert.equal((await ask(peer.url)).status, 204);
});

Deno.test("askHttp() puts letters together that arrive in two pieces", async () => {
  const bytes = new TextEncoder().encode("grüße");
  await using peer = httpPeer(() => {
    const pieces = [bytes.subarray(0, 3), bytes.subarray(3)];
    return new Response(ReadableStream.from(pieces));
  });
  assert.equal((await ask(peer.url)).body, "grüße");
});

Deno.test("askHttp() takes a body up to its limit and no byte more", async () => {
  await using peer = httpPeer(() => new Response("x".repeat(1000)));
  assert.equal((await ask(peer.url, { maxBodyBytes: 1000 })).body.length, 1000);
  await assert.rejects(ask(peer.url, { maxBodyBytes: 999 }), {
    name: "CheckFailed",
    message: `Cannot ask "127.0.0.1:${peer.port}": its answer has more than 999 bytes`,
  });
});

Deno.test("askHttp() stops an endless body, and the connection with it", async () => {
  const stopped = Promise.withResolvers<void>();
  await using peer = httpPeer(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65536)),
        cancel: () => stopped.resolve(),
      }),
    )
  );
  await assert.rejects(ask(peer.url), /more than 1048576 bytes/);
  await stopped.promise;
});

/** What a bad server says, and what is said of it. */
const BAD: readonly (readonly [text: string, message: RegExp])[] = [
  ["", /the connection ended within its answer/],
  ["HTTP/1.1 200 OK\r\nContent-Le", /the connection ended within its answer/],
  ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"head', /the connection ended within its answer/],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc", /the connection ended within its answer/],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", /the connection ended within its answer/],
  ["HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", /its answer is no HTTP/],
  ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", /its answer is no HTTP/],
  ["SSH-2.0-OpenSSH_9.2\r\n", /its answer is no HTTP/],
  ["-ERR unknown command\r\n", /its answer is no HTTP/],
  ["\0\x01\x02\xff", /its answer is no HTTP/],
  [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(200_000)}\r\n\r\n`, /its answer's headers are too long/],
  ["HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", /switched to another protocol/],
];

for (const [text, message] of BAD) {
  Deno.test(`askHttp() says what is wrong with ${JSON.stringify(text.slice(0, 70))}`, async () => {
    using peer = await rawPeer(text, "close");
    await assert.rejects(ask(peer.url), (error) => {
      assert.ok(error instanceof CheckFailed);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("askHttp() reads a body that ends with the connection", async () => {
  using peer = await rawPeer("HTTP/1.0 200 OK\r\n\r\nall of it", "close");
  assert.equal((await ask(peer.url)).body, "all of it");
});

Deno.test("askHttp() closes when it has the answer, though the server would not", async () => {
  using peer = await rawPeer("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", "stall");
  assert.equal((await ask(peer.url)).body, "ok");
  await peer.clientGone;
});

for (const text of ["", "HTTP/1.1 200 OK\r\n", 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a":']) {
  Deno.test(`askHttp() gives up a server that stalls after ${JSON.stringify(text)}, and closes`, async () => {
    using peer = await rawPeer(text, "stall");
    const controller = new AbortController();
    const asking = askHttp({ url: new URL(peer.url) }, {
      origin: "wire",
      guard: new TargetGuard(),
    }, controller.signal);
    peer.said.then(() => controller.abort());
    await assert.rejects(asking, /^CheckFailed: Cannot (ask|connect to) ".*": no (answer|connection) in time$/);
    await peer.clientGone;
  });
}

Deno.test("askHttp() says that nobody listens", async () => {
  const port = closedPort();
  await assert.rejects(ask(`http://127.0.0.1:${port}`), /connection refused$/);
});

for (
  const url of [
    ["http://169.254.169.254/", "http://0xA9FEA9FE/", "http://2852039166", "http://[::ffff:169.254.169.254]:80/"],
    ["http://metadata.google.internal/", "http://8.8.8.8/", "http://134744072/", "https://[64:ff9b::a9fe:a9fe]/"],
  ].flat()
) {
  Deno.test(`askHttp() is refused ${url}`, async () => {
    const asking = askHttp({ url: new URL(url) }, checkContext(), forever());
    await assert.rejects(asking, TargetRefused);
  });
}

Deno.test("askHttp() speaks TLS for https, with the certificate checked", async () => {
  const folder = new URL("../../peers/certificates/", import.meta.url);
  const [ca, pair] = await Promise.all(["ca.pem", "ec.pem"].map((name) => Deno.readTextFile(new URL(name, folder))));
  assert.ok(ca !== undefined && pair !== undefined);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert: pair, key: pair, onListen: () => {} },
    () => new Response("secret"),
  );
  const url = `https://happi.test:${server.addr.port}/`;
  assert.equal((await ask(url, { tls: { ca } })).body, "secret");
  await assert.rejects(ask(url), /^CheckFailed: Cannot connect to /);
  await assert.rejects(ask(url.replace("happi", "other"), { tls: { ca } }), /Cannot connect to /);
});

Deno.test("parseTargetUrl() takes http and https URLs only, without users, blanks and backslashes", () => {
  for (const text of ["http://a", "HTTPS://A:8443/b?c", "http://[::1]:8888/", "http://10.0.0.1"]) {
    assert.ok(parseTargetUrl(text), text);
  }
  const wrong = [
    [
      "",
      "a",
      "10.0.0.1:8888",
      "localhost:8888",
      "//a",
      "http:/a",
      "http:a",
      "http://",
      "ftp://a",
      "file:///etc/passwd",
    ],
    [
      "http://u@a",
      "http://u:p@a",
      "http://10.0.0.1@evil.example",
      "http://:p@a",
      "http://a\\@b",
      "http://a b",
      "http://a/\r\nX: y",
    ],
    [
      "http://a\t.b",
      " http://a",
      "http://a:70000",
      "http://a:0",
      "http://1.2.3.4.5/",
      "gopher://a",
      "javascript:1",
      "unix:/run/x",
    ],
  ].flat();
  for (const text of wrong) assert.equal(parseTargetUrl(text), undefined, text);
});

Deno.test("askHttp() heeds the answer behind some notices, and no flood of them", async () => {
  const notice = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  using polite = await rawPeer(`${notice.repeat(3)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`, "stall");
  assert.equal((await ask(polite.url)).body, "ok");
  using flood = await rawPeer(notice.repeat(1000), "stall");
  await assert.rejects(ask(flood.url), /it gives notice after notice and no answer/);
});

Deno.test("askHttp() wants nothing compressed", async () => {
  await using peer = httpPeer(() => new Response());
  await ask(peer.url);
  assert.equal(peer.requests[0]?.headers.get("accept-encoding"), "identity");
});
