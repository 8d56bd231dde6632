/**
 * Which sample fetches HAProxy has at which event. It refuses a message whose arguments are not there yet, or not any more.
 *
 * The table holds what 2.6, 3.0 and 3.2 agree on (each was asked); of other fetches nothing is said.
 */
import { EVENTS, type SpoeEvent } from "../policies/policy.ts";

const REQUEST: readonly SpoeEvent[] = [
  "on-server-session",
  "on-frontend-tcp-request",
  "on-backend-tcp-request",
  "on-frontend-http-request",
  "on-backend-http-request",
];
const RESPONSE: readonly SpoeEvent[] = ["on-tcp-response", "on-http-response"];
const BACKEND: readonly SpoeEvent[] = ["on-server-session", ...RESPONSE];
const NOT_YET: readonly SpoeEvent[] = EVENTS.filter((event) => event !== "on-client-session");

/** Fetches by their first word, and the events that have them. */
const FETCHES: readonly (readonly [RegExp, readonly SpoeEvent[]])[] = [
  [/^(path|pathq|url|query|base|baseq|urlp|url_param|http_auth(_user|_pass)?)$/, REQUEST],
  [/^req\.(hdr|fhdr|hdrs|hdrs_bin|body|body_param|cook|ver|ssl_sni|len|payload)$/, REQUEST],
  [/^(method|hdr|cook|capture\.req\.method|http_first_req|ssl_fc|ssl_fc_sni|ssl_c_s_dn)$/, NOT_YET],
  [/^(status|res\.(hdr|hdrs|hdrs_bin|ver|body|cook|len|payload|comp))$/, RESPONSE],
  [/^(ssl_bc|bc_src)$/, RESPONSE],
  [/^(be_name|be_id|srv_name|srv_id)$/, BACKEND],
];

/**
 * Why an argument cannot be sent at an event.
 *
 * @param expression the sample expression, with its converters
 * @param event when the message is sent
 * @returns the events that it could be sent at, or `undefined` when there is nothing to object
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eventsInstead } from "./fetch_events.ts";
 * assert.equal(eventsInstead("src", "on-client-session"), undefined);
 * assert.ok(eventsInstead("req.hdr(host),lower", "on-client-session")?.includes("on-frontend-http-request"));
 * ```
 */
export function eventsInstead(expression: string, event: SpoeEvent): readonly SpoeEvent[] | undefined {
  const fetch = /^[\w.-]+/.exec(expression)?.[0] ?? "";
  const [, events] = FETCHES.find(([pattern]) => pattern.test(fetch)) ?? [];
  return events === undefined || events.includes(event) ? undefined : events;
}
