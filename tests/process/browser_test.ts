/** A real browser reads an event stream and speaks over a WebSocket; pages of other origins get neither. */

import assert from "node:assert/strict";
import { type Browser, chromium } from "playwright-core";
import type { Definition } from "../../lib/process/definition.ts";
import { serveProcesses, TOKEN } from "./served.ts";

/** Debian's browsers, smallest first: `apt-get install chromium-headless-shell`. */
const BROWSERS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

const ECHO: Definition = { name: "echo", cmd: "cat", redirect_input: true, redirect_output: ["out"], restart: "never" };

/** What a page sees: messages until it has `wanted`, and how a WebSocket ended. */
interface Seen {
  readonly messages: readonly string[];
  readonly code?: number;
}

const found = await Promise.all(BROWSERS.map((path) => Deno.stat(path).then(() => path, () => undefined)));
const executablePath = found.find((path) => path !== undefined);

async function launch(): Promise<Browser> {
  assert.ok(executablePath !== undefined);
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** Runs in the page: follows an event stream until its second message, speaking to stdin in between. */
function followEvents(url: string): Promise<Seen> {
  return new Promise((resolve) => {
    const messages: string[] = [];
    const source = new EventSource(`${url}/streams/1/out?feed=eventsource&tail=1`);
    source.addEventListener("out", ({ data }) => {
      messages.push(data);
      if (!messages.join("").endsWith("second\n")) return;
      source.close();
      resolve({ messages });
    });
    source.onerror = () => resolve({ messages: [...messages, "error"] });
  });
}

/** Runs in the page: says something, hears it, and closes the process's input by its end. */
function speak({ url, protocols }: { url: string; protocols: string[] }): Promise<Seen> {
  return new Promise((resolve) => {
    const messages: string[] = [];
    const socket = new WebSocket(url, protocols);
    socket.onopen = () => socket.send("from the page: €\n");
    socket.onmessage = ({ data }) => messages.push(data);
    socket.onclose = ({ code }) => resolve({ messages, code });
  });
}

Deno.test({
  name: "Chromium reads an event stream, speaks over a WebSocket, and is refused to pages of other origins [Chromium]",
  ignore: executablePath === undefined,
  fn: readAndSpeak,
});

async function readAndSpeak(): Promise<void> {
  await using served = await serveProcesses([
    ECHO,
    { ...ECHO, name: "once", cmd: "read line; echo heard $line", shell: true },
  ]);
  // The same server under another name is another origin to the browser.
  const foreignUrl = served.url.replace("127.0.0.1", "localhost");
  const token = new TextEncoder().encode(TOKEN).toBase64({ alphabet: "base64url", omitPadding: true });
  const protocols = ["happi", `happi.token.${token}`];
  const echo = served.manager.process(1);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${served.url}/ping`);
    await echo.write(new TextEncoder().encode("first €\n"));
    const feed = echo.outputs.get("out");
    assert.ok(feed !== undefined);
    await feed.read({ after: 0 }).next();
    const events = page.evaluate(followEvents, served.url);
    await echo.write(new TextEncoder().encode("second\n"));
    assert.equal((await events).messages.join("").replace(/^first €\n/, ""), "second\n");

    const spoken = await page.evaluate(speak, { url: `${served.wsUrl}/wstreams/2`, protocols });
    assert.deepEqual(spoken, { messages: ["heard from the page: €\n"], code: 1000 });
    const without = await page.evaluate(speak, { url: `${served.wsUrl}/wstreams/1`, protocols: ["happi"] });
    assert.equal(without.code, 1008);
    assert.equal(JSON.parse(without.messages[0] ?? "").error, "unauthorized");

    await page.goto(`${foreignUrl}/ping`);
    assert.deepEqual(await page.evaluate(followEvents, served.url), { messages: ["error"] });
    const foreign = await page.evaluate(speak, { url: `${served.wsUrl}/wstreams/1`, protocols });
    assert.deepEqual(foreign, { messages: [], code: 1006 });
  } finally {
    await browser.close();
  }
}
