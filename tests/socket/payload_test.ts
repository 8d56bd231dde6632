import assert from "node:assert/strict";
import fc from "fast-check";
import { CommandRefused, ConnectionLost, InvalidCommand, Socket } from "../../lib/socket/mod.ts";
import { chooseTerminator, framePayload } from "../../lib/socket/payload.ts";
import { testCertificate } from "../../scripts/haproxy/realistic.ts";
import { REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

const known = () => Promise.resolve(true);
const unknown = () => Promise.resolve(false);
const notAsked = () => Promise.reject(new Error("the version must not be asked for"));

/** What HAProxy makes of a payload: the lines before the terminator, and what it would run as commands after it. */
function readAsHaproxy(mark: string, sent: string): { content: string[]; leftover: string } {
  const lines = sent.split("\n");
  const end = lines.findIndex((line) => line === mark.slice(2));
  assert.ok(end >= 0, "the payload has no end");
  return { content: lines.slice(0, end), leftover: lines.slice(end + 1).join("\n") };
}

Deno.test("framePayload() ends a payload without empty lines by one, without asking for the version", async () => {
  const expected = { mark: "<<", lines: "a b\nc d\n\n" };
  assert.deepEqual(await framePayload("add map", "a b\nc d", notAsked), expected);
  assert.deepEqual(await framePayload("add map", "a b\nc d\n", notAsked), expected);
  assert.deepEqual(await framePayload("add map", "a b\nc d\n\r\n\n", notAsked), expected);
});

Deno.test("framePayload() takes a terminator for a payload with an empty line", async () => {
  const { mark, lines } = await framePayload("set ssl cert", "a\n\nb", known);
  assert.deepEqual(readAsHaproxy(mark, lines), { content: ["a", "", "b"], leftover: "" });
});

Deno.test("framePayload() refuses an empty line where terminators are not known", async () => {
  for (const content of ["a\n\nb", "\na", "a\r\n\r\nb"]) {
    await assert.rejects(
      () => framePayload("set ssl cert", content, unknown),
      (thrown) => thrown instanceof InvalidCommand && /empty line.*before 2\.9/.test(thrown.message),
    );
  }
});

Deno.test("framePayload() refuses what cannot be sent", async () => {
  for (const content of ["", " \n\n", "a\0b", "\ud800"]) {
    await assert.rejects(() => framePayload("add map", content, known), InvalidCommand);
  }
});

Deno.test("framePayload() never leaves a line that HAProxy would run as a command", async () => {
  const word = fc.constantFrom("a", "b c", "", "E000000", "E000001", "<<", "show version", "\\", "é");
  await fc.assert(fc.asyncProperty(fc.array(word, { minLength: 1 }), async (words) => {
    fc.pre(words.some((line) => line.trim() !== ""));
    const { mark, lines } = await framePayload("add map", words.join("\n"), known);
    const { content, leftover } = readAsHaproxy(mark, lines);
    assert.equal(leftover, "");
    assert.equal(content.join("\n"), words.join("\n").replace(/\n+$/, ""));
    assert.ok(mark.length - 2 <= 7, "HAProxy 2.9 to 3.3 know seven characters");
  }));
});

Deno.test("chooseTerminator() is no line of the content", () => {
  const lines = Array.from({ length: 100 }, (_, number) => `E${number.toString(36).padStart(6, "0")}`);
  assert.equal(chooseTerminator(lines.join("\r\n")), "E00002s");
});

testEachHaproxy("send() puts a payload into HAProxy as it is", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  await socket.send("clear map " + map);
  const lines = ["k1 v1", "k2 v; with \\ and spaces", "k3 <<", "k4 é €", "prompt quit", "#k6 v"];
  assert.equal(await socket.send(`add map ${map}`, { payload: lines.join("\n") }), "\n");
  const shown = (await socket.send(`show map ${map}`)).trimEnd().split("\n").map((line) => line.replace(/^\w+ /, ""));
  assert.deepEqual(shown, lines);
});

testEachHaproxy("send() takes a payload with empty lines where HAProxy can, and refuses it where not", {
  ...REALISTIC,
  master: true,
}, async (haproxy) => {
  const map = haproxy.file("hosts.map");
  const payload = "k1 v1\n\nshow version\nk2 v2\n\n\n";
  for (const options of [{}, { master: "worker" as const }]) {
    await using socket = new Socket(options.master ? haproxy.masterSocketPath : haproxy.socketPath, options);
    await socket.send(`clear map ${map}`);
    const sent = socket.send(`add map ${map}`, { payload });
    if (haproxy.build.version === "2.6") await assert.rejects(sent, InvalidCommand);
    else await sent.catch(() => {}); // what an empty line means to a map is the map's business
    const shown = await socket.send(`show map ${map}`);
    if (haproxy.build.version === "2.6") assert.equal(shown, "\n");
    else assert.match(shown, / k1 v1\n/);
    assert.equal(await socket.send(`add map ${map}`, { payload: "k3 v3\n\n\n" }), "\n");
    assert.match(await socket.send(`show map ${map}`), / k3 v3\n/);
  }
});

testEachHaproxy("send() replaces a certificate", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const name = haproxy.file("site.pem");
  const pem = testCertificate().replace(/\n+$/, "\n");
  const compact = pem.replace(/\n\n+/g, "\n");
  assert.match(await socket.send(`set ssl cert ${name}`, { payload: compact }), /^Transaction created for certificate/);
  assert.match(await socket.send(`commit ssl cert ${name}`), /Success!\n/);
  const spaced = compact.replaceAll("-----\n-----", "-----\n\n-----");
  assert.notEqual(spaced, compact);
  const sent = socket.send(`set ssl cert ${name}`, { payload: spaced });
  if (haproxy.build.version === "2.6") return await assert.rejects(sent, InvalidCommand);
  assert.match(await sent, /^Transaction created for certificate/);
  assert.match(await socket.send(`commit ssl cert ${name}`), /Success!\n/);
});

testEachHaproxy("send() throws HAProxy's refusal of a payload", REALISTIC, async (haproxy) => {
  await using socket = new Socket(haproxy.socketPath);
  const map = haproxy.file("hosts.map");
  await assert.rejects(
    () => socket.send(`add map ${map}`, { payload: "only-a-key" }),
    (thrown) => thrown instanceof CommandRefused && /Missing value for key/.test(thrown.answer),
  );
  for (const payload of ["k v\n".repeat(8000), "k v\n".repeat(200_000)]) {
    await assert.rejects(() => socket.send(`add map ${map}`, { payload }), (thrown) => {
      return haproxy.build.version === "2.6"
        ? thrown instanceof ConnectionLost && /tune\.bufsize/.test(thrown.message)
        : thrown instanceof CommandRefused && /too big/.test(thrown.answer);
    });
    assert.match(await socket.send("show version"), /^\d/);
  }
});
