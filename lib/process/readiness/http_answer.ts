/**
 * Ready when a URL answers with a status below 400.
 *
 * By `node:http` and not by `fetch`: each try has a connection of its own that ends with it, no proxy of the environment comes
 * between, and a redirect is an answer and not a way to somewhere else.
 */
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { HappiError, reason } from "../../errors.ts";
import type { Attempt } from "./until_ready.ts";

/** What is to answer is no URL. */
export class InvalidUrl extends HappiError {
  constructor(given: string) {
    super(
      "invalid_url",
      `Cannot ask "${given}": it is no URL of http or https, such as "http://127.0.0.1:8080/health"`,
    );
  }
}

const REQUESTS: Readonly<Record<string, typeof requestHttp>> = { "http:": requestHttp, "https:": requestHttps };

/**
 * Makes the try.
 *
 * @param target the URL
 * @throws {InvalidUrl} when it is none
 */
export function httpAttempt(target: string): Attempt {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const request = url === undefined ? undefined : REQUESTS[url.protocol];
  if (url === undefined || request === undefined) throw new InvalidUrl(target);
  return async (signal) => {
    try {
      const status = await ask(request, url, signal);
      return status < 400 ? undefined : `"${target}" answers with status ${status}`;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return `"${target}" does not answer (${reason(thrown)})`;
    }
  };
}

/** The status that it answers with; what comes after it is not read. */
function ask(request: typeof requestHttp, url: URL, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(url, { agent: false, headers: { connection: "close", "user-agent": "happi" } });
  const onAbort = () => asked.destroy(new Error("no answer in time"));
  signal.addEventListener("abort", onAbort);
  asked.on("response", (answer: IncomingMessage) => {
    resolve(answer.statusCode ?? 0);
    answer.destroy();
  });
  asked.on("error", reject);
  asked.on("close", () => reject(new Error("the connection was closed")));
  asked.end();
  if (signal.aborted) onAbort();
  return promise.finally(() => {
    signal.removeEventListener("abort", onAbort);
    asked.destroy();
  });
}
