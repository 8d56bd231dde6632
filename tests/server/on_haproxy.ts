/**
 * A test of the server's app on real HAProxy, once for each version that is there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Client } from "../../lib/client/mod.ts";
import { type AppOptions, createApp } from "../../lib/server/mod.ts";
import type { RunningHaproxy } from "../../scripts/haproxy/launch.ts";
import { type EachHaproxyOptions, REALISTIC, testEachHaproxy } from "../peers/haproxy.ts";

/** What a test works with. */
export interface OnHaproxy {
  readonly haproxy: RunningHaproxy;
  readonly client: Client;
  /** Asks the app; a body that is no text is sent as JSON. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The full path of one of HAProxy's files, as a path parameter. */
  file(name: string): string;
}

/** An answer, its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON; `null` when there is none. */
  readonly body: Json;
}

/** What `JSON.parse` gives. */
export type Json = ReturnType<typeof JSON.parse>;

/** Registers the test for each version. */
export function testOnHaproxy(
  name: string,
  test: (on: OnHaproxy, t: Deno.TestContext) => Promise<void>,
  options: Partial<EachHaproxyOptions> & { readonly app?: Partial<AppOptions> } = {},
): void {
  const { app: appOptions, ...launch } = options;
  testEachHaproxy(name, { ...REALISTIC, ...launch }, async (haproxy, t) => {
    await using client = new Client(haproxy.socketPath);
    const app = createApp({ client, ...appOptions });
    await test({
      haproxy,
      client,
      file: (file) => encodeURIComponent(`${haproxy.dir}/${file}`),
      async request(method, path, body, headers = {}) {
        const isJson = body !== undefined && typeof body !== "string";
        const init = {
          method,
          headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...headers },
          ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
        };
        const response = await app.request(`/api/v1${path}`, init);
        const text = await response.text();
        return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
      },
    }, t);
  });
}

/** Asks over and over until the answer is as it must be; gives it. */
export async function until(ask: () => Promise<Json>, isSo: (answer: Json) => boolean): Promise<Json> {
  for (const start = performance.now();;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    assert.ok(performance.now() - start < 5_000, `it stays ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
