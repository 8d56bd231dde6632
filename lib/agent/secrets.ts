/**
 * What is not shown of a request or an option, wherever it goes: HAProxy's log, happi's, the API. Pure.
 */

/**
 * A text without the names and passwords of the URLs in it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { withoutLogins } from "./secrets.ts";
 * assert.equal(withoutLogins("v1|http://ana:geheim@10.0.0.1|10"), "v1|http://…@10.0.0.1|10");
 * ```
 */
export function withoutLogins(text: string): string {
  return text.replace(/\/\/[^/?#|\s]*@/g, "//…@");
}

/**
 * A text without the queries of the URLs in it either, which may hold a token.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { withoutSecrets } from "./secrets.ts";
 * assert.equal(withoutSecrets("http|http://a/x?key=1|status=200"), "http|http://a/x?…|status=200");
 * ```
 */
export function withoutSecrets(text: string): string {
  return withoutLogins(text).replace(/(\/\/[^?|\s]*\?)[^|\s]+/g, "$1…");
}
