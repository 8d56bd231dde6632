import assert from "node:assert/strict";
import { httpSource } from "../../../lib/services/mod.ts";
import { freePort } from "../../../scripts/haproxy/ports.ts";
import { Heard } from "./heard.ts";

const QUICK = { intervalMs: 10, throttleMs: 1, retryMs: 10 };

function list(port: number): string {
  return JSON.stringify([{ service_name: "web", hosts: [{ hostname: "10.0.0.1", port }] }]);
}

/** A server whose answer is what the test says at the time. */
function serve(first: (request: Request) => Response) {
  const state = { answer: first, asked: [] as Request[] };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    state.asked.push(request);
    return state.answer(request);
  });
  const url = new URL(`http://127.0.0.1:${server.addr.port}/services?key=secret`);
  return { state, url, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("httpSource() asks whether the document has changed, and keeps it when the server fails", async () => {
  const withTag = (tag: string, body: string) => (request: Request) =>
    request.headers.get("if-none-match") === tag
      ? new Response(null, { status: 304 })
      : new Response(body, { headers: { etag: tag } });
  await using server = serve(withTag('"1"', list(80)));
  await using heard = new Heard(httpSource("own", { ...QUICK, url: server.url, headers: { "x-team": "web" } }));
  await heard.untilHosts("web: 10.0.0.1:80");
  server.state.answer = () => new Response("out of order", { status: 503 });
  await heard.untilTrouble(/services": it answered 503 "out of order"/);
  assert.ok(!heard.troubles.join().includes("secret"));
  server.state.answer = withTag('"1"', list(80));
  await heard.untilTrouble(undefined);
  server.state.answer = withTag('W/"2"', list(81));
  await heard.untilHosts("web: 10.0.0.1:81");
  assert.equal(heard.pictures.length, 2);
  assert.equal(server.state.asked[0]?.headers.get("x-team"), "web");
  assert.equal(server.state.asked[0]?.headers.get("if-none-match"), null);
});

Deno.test("httpSource() asks for a whole document again when the last one was of no use", async () => {
  const tags: (string | null)[] = [];
  await using server = serve((request) => {
    tags.push(request.headers.get("if-none-match"));
    return new Response(tags.length < 3 ? "[1]" : list(80), { headers: { etag: '"1"' } });
  });
  await using heard = new Heard(httpSource("own", { ...QUICK, url: server.url }));
  await heard.untilTrouble(/services\[0\] must have "service_name"/);
  await heard.untilHosts("web: 10.0.0.1:80");
  assert.deepEqual(tags.slice(0, 3), [null, null, null]);
});

const REFUSED: readonly (readonly [name: string, answer: (request: Request) => Response, trouble: RegExp])[] = [
  ["no JSON", () => new Response("<html>"), /its answer is no JSON/],
  ["too much", () => new Response("x".repeat(5000)), /its answer has more than 4000 bytes/],
  ["no end", () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })), /no answer within 100 ms/],
  [
    "a redirect to elsewhere",
    () => new Response(null, { status: 302, headers: { location: "http://elsewhere.test/" } }),
    /it redirects to "http:\/\/elsewhere\.test", which is not followed/,
  ],
  [
    "redirects without an end",
    ({ url }) => new Response(null, { status: 302, headers: { location: url } }),
    /it redirects more than 5 times/,
  ],
  ["304 for nothing", () => new Response(null, { status: 304 }), /it answered 304/],
];

for (const [name, answer, trouble] of REFUSED) {
  Deno.test(`httpSource() tells of ${name}`, async () => {
    await using server = serve(answer);
    await using heard = new Heard(httpSource("own", { ...QUICK, url: server.url, maxBytes: 4000, timeoutMs: 100 }));
    await heard.untilTrouble(trouble);
    server.state.answer = () => new Response(list(80));
    await heard.untilHosts("web: 10.0.0.1:80");
    await heard.untilTrouble(undefined);
  });
}

Deno.test("httpSource() follows a redirect within the server, and sends a token that it reads anew", async () => {
  const tokenFile = await Deno.makeTempFile();
  await Deno.writeTextFile(tokenFile, "first\n");
  {
    await using server = serve((request) => {
      if (!request.url.endsWith("/moved")) return new Response(null, { status: 307, headers: { location: "/moved" } });
      return new Response(list(request.headers.get("authorization") === "Bearer first" ? 81 : 82));
    });
    await using heard = new Heard(httpSource("own", { ...QUICK, url: server.url, tokenFile }));
    await heard.untilHosts("web: 10.0.0.1:81");
    await Deno.writeTextFile(tokenFile, "second\n");
    await heard.untilHosts("web: 10.0.0.1:82");
  }
  await Deno.remove(tokenFile);
});

Deno.test("httpSource() says that nobody is there", async () => {
  const url = new URL(`http://127.0.0.1:${freePort()}/services?key=secret`);
  await using heard = new Heard(httpSource("own", { ...QUICK, url }));
  await heard.untilTrouble(/^Cannot read "http:\/\/127\.0\.0\.1:\d+\/services": .*refused/i);
  assert.ok(!heard.troubles.join().includes("secret"));
});
