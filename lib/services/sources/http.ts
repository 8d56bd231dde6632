/**
 * The source `http`: a document that a server gives out, asked for from time to time, and sent only when it has changed.
 */
import type { Source } from "../source.ts";
import { Asker, type HttpOptions, jsonOf, readSecret, targetOf } from "./asker.ts";
import { type Parts, WHOLE } from "./parts.ts";
import { readPicture } from "./picture_document.ts";
import { makeLife, rounds, type SourceOptions } from "./rounds.ts";

/** Which document. */
export interface HttpSourceOptions extends SourceOptions, HttpOptions {
  /** Where it is. */
  readonly url: URL;
  /** It is asked for so often, in milliseconds. Default 10,000. */
  readonly intervalMs?: number | undefined;
  /** What else is sent. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A file with a token that is sent as `Authorization: Bearer`. */
  readonly tokenFile?: string | undefined;
}

/**
 * Makes it.
 *
 * @param name its name
 * @param options which document
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { httpSource } from "./http.ts";
 * const document = [{ service_name: "web", hosts: [{ hostname: "10.0.0.1", port: 80 }] }];
 * await using source = httpSource("own", {
 *   url: new URL("http://registry.test/services"),
 *   fetch: () => Promise.resolve(Response.json(document)),
 * });
 * const picture = await new Promise((resolve) => source.start({ onPicture: resolve, onTrouble: () => {} }));
 * assert.deepEqual(picture, new Map([["web", [{ unit: "10.0.0.1:80", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]]]));
 * ```
 */
export function httpSource(name: string, options: HttpSourceOptions): Source {
  const { url, intervalMs = 10_000 } = options;
  return makeLife({ name, kind: "http", target: targetOf(url) }, options, async (parts, signal) => {
    using asker = new Asker(options);
    let conditions: Readonly<Record<string, string>> = {};
    const look = async () => {
      conditions = await lookOnce(asker, options, conditions, parts, signal);
      return intervalMs;
    };
    await rounds(look, (why) => parts.fail(WHOLE, why), options, signal);
  });
}

/** Asks once; gives the conditions under which the next answer may be empty. */
async function lookOnce(
  asker: Asker,
  { url, headers = {}, tokenFile }: HttpSourceOptions,
  conditions: Readonly<Record<string, string>>,
  parts: Parts,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const token = tokenFile === undefined ? {} : { authorization: `Bearer ${await readSecret(tokenFile)}` };
  const answer = await asker.ask({ url, headers: { ...headers, ...token, ...conditions } }, signal);
  if (answer.status === 304 && Object.keys(conditions).length > 0) {
    parts.confirm(WHOLE);
    return conditions;
  }
  parts.put(WHOLE, readPicture(jsonOf(answer, url), targetOf(url)));
  // Only of a document that was of use: of any other, the next answer has to be whole again.
  const [etag, modified] = [answer.headers.get("etag"), answer.headers.get("last-modified")];
  return {
    ...(etag === null ? {} : { "if-none-match": etag }),
    ...(modified === null ? {} : { "if-modified-since": modified }),
  };
}
