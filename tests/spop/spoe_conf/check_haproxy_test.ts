/** What the checker says about HAProxy, asked of HAProxy itself: 2.6, 3.0 and 3.2. */

import assert from "node:assert/strict";
import { availableVersions, type HaproxyBuild } from "../../../scripts/haproxy/versions.ts";
import { EVENTS } from "../../../lib/spop/policies/policy.ts";
import { checkSpoeConfig } from "../../../lib/spop/spoe_conf/check.ts";
import { eventsInstead } from "../../../lib/spop/spoe_conf/fetch_events.ts";
import { haproxyConfig, verdictOf } from "./haproxy_verdict.ts";

const { present } = await availableVersions();

Deno.test("a HAProxy is there to be asked", () => assert.ok(present.length > 0));

/** A `spoe.conf` that is as it should be, with something more. */
function spoeConf(
  { agent = "", message = "", event = "event on-client-session", more = "", name = "ag", backend = "use-backend be" }: {
    readonly agent?: string;
    readonly message?: string;
    readonly event?: string;
    readonly more?: string;
    readonly name?: string;
    readonly backend?: string;
  },
): string {
  return `[e]
spoe-agent ${name}
  messages m1
  timeout hello 1s
  timeout idle 30s
  timeout processing 1s
  ${backend}
  ${agent}
spoe-message m1
  args ip=src
  ${message}
  ${event}
${more}`;
}

const GROUP = "spoe-group g1\n  messages m2\nspoe-message m2\n  args ip=src\n";
type Codes = readonly string[];

/** Name, `spoe.conf`, the codes of the checker's remarks (of 3.0 and before, since 3.1 where others), `haproxy.cfg`. */
interface Case {
  readonly name: string;
  readonly spoe: string;
  readonly codes: Codes;
  readonly codesSince31?: Codes;
  readonly config?: Parameters<typeof haproxyConfig>[1];
}

const CASES: readonly Case[] = [
  { name: "nothing wrong", spoe: spoeConf({}), codes: [] },
  { name: "an unknown keyword", spoe: spoeConf({ agent: "mesages m1" }), codes: ["unknown_keyword"] },
  { name: "a keyword in capitals", spoe: spoeConf({ agent: "Option async" }), codes: ["unknown_keyword"] },
  { name: "an unknown option", spoe: spoeConf({ agent: "option pipelinig" }), codes: ["unknown_option"] },
  { name: "an option without name", spoe: spoeConf({ agent: "option" }), codes: ["missing_word"] },
  { name: "an option with too much", spoe: spoeConf({ agent: "option pipelining yes" }), codes: ["extra_word"] },
  { name: "option async", spoe: spoeConf({ agent: "option async" }), codes: [], codesSince31: ["ignored"] },
  { name: "no option async", spoe: spoeConf({ agent: "no option async" }), codes: [], codesSince31: ["ignored"] },
  {
    name: "option send-frag-payload",
    spoe: spoeConf({ agent: "option send-frag-payload" }),
    codes: [],
    codesSince31: ["ignored"],
  },
  { name: "no option pipelining", spoe: spoeConf({ agent: "no option pipelining" }), codes: [] },
  { name: "no option var-prefix", spoe: spoeConf({ agent: "no option var-prefix x" }), codes: ["bad_negation"] },
  { name: "no option force-set-var", spoe: spoeConf({ agent: "no option force-set-var" }), codes: ["bad_negation"] },
  { name: "no messages", spoe: spoeConf({ agent: "no messages m1" }), codes: ["bad_negation"] },
  { name: "no, alone", spoe: spoeConf({ agent: "no" }), codes: ["bad_negation"] },
  { name: "no log", spoe: spoeConf({ agent: "no log" }), codes: [] },
  { name: "maxconnrate", spoe: spoeConf({ agent: "maxconnrate 5" }), codes: [], codesSince31: ["ignored"] },
  { name: "maxerrrate", spoe: spoeConf({ agent: "maxerrrate 5" }), codes: [], codesSince31: ["ignored"] },
  {
    name: "maxconnrate with a word",
    spoe: spoeConf({ agent: "maxconnrate many" }),
    codes: ["bad_number"],
    codesSince31: ["ignored"],
  },
  {
    name: "maxconnrate with two words",
    spoe: spoeConf({ agent: "maxconnrate 1 2" }),
    codes: ["extra_word"],
    codesSince31: ["ignored"],
  },
  { name: "maxconnrate without number", spoe: spoeConf({ agent: "maxconnrate" }), codes: ["missing_word"] },
  {
    name: "max-waiting-frames 0",
    spoe: spoeConf({ agent: "max-waiting-frames 0" }),
    codes: ["bad_number"],
    codesSince31: ["ignored"],
  },
  {
    name: "max-waiting-frames without number",
    spoe: spoeConf({ agent: "max-waiting-frames" }),
    codes: ["missing_word"],
  },
  { name: "max-frame-size 255", spoe: spoeConf({ agent: "max-frame-size 255" }), codes: ["bad_frame_size"] },
  { name: "max-frame-size 16380", spoe: spoeConf({ agent: "max-frame-size 16380" }), codes: [] },
  { name: "max-frame-size 16381", spoe: spoeConf({ agent: "max-frame-size 16381" }), codes: ["bad_frame_size"] },
  {
    name: "max-frame-size that a larger buffer allows",
    spoe: spoeConf({ agent: "max-frame-size 32764" }),
    codes: [],
    config: { global: "tune.bufsize 32768" },
  },
  {
    name: "max-frame-size that a smaller buffer forbids",
    spoe: spoeConf({ agent: "max-frame-size 16380" }),
    codes: ["bad_frame_size"],
    config: { global: "tune.bufsize 8192" },
  },
  { name: "max-frame-size abc", spoe: spoeConf({ agent: "max-frame-size abc" }), codes: ["bad_frame_size"] },
  { name: "max-frame-size with two words", spoe: spoeConf({ agent: "max-frame-size 256 1" }), codes: ["extra_word"] },
  { name: "an unknown time", spoe: spoeConf({ agent: "timeout connect 1s" }), codes: ["unknown_timeout"] },
  { name: "a time without kind", spoe: spoeConf({ agent: "timeout" }), codes: ["missing_word"] },
  { name: "a time without value", spoe: spoeConf({ agent: "timeout processing" }), codes: ["bad_time"] },
  { name: "a time of an unknown unit", spoe: spoeConf({ agent: "timeout processing 5x" }), codes: ["bad_time"] },
  { name: "a time with a blank", spoe: spoeConf({ agent: "timeout processing 5 s" }), codes: ["extra_word"] },
  { name: "a time beyond 24 days", spoe: spoeConf({ agent: "timeout processing 25d" }), codes: ["bad_time"] },
  { name: "a time in microseconds", spoe: spoeConf({ agent: "timeout processing 900us" }), codes: [] },
  {
    name: "a wrong hello time",
    spoe: spoeConf({ agent: "timeout hello 1x" }),
    codes: ["bad_time"],
    codesSince31: ["ignored"],
  },
  { name: "no time at all", spoe: spoeConf({}).replaceAll(/ *timeout .*\n/g, ""), codes: ["no_timeout"] },
  { name: "processing 0", spoe: spoeConf({ agent: "timeout processing 0ms" }), codes: ["no_timeout"] },
  {
    name: "no hello time",
    spoe: spoeConf({}).replace("timeout hello 1s", ""),
    codes: ["no_timeout"],
    codesSince31: ["ignored"],
  },
  { name: "no backend", spoe: spoeConf({ backend: "" }), codes: ["no_backend"] },
  { name: "a backend with two names", spoe: spoeConf({ agent: "use-backend be be2" }), codes: ["extra_word"] },
  { name: "an unknown backend", spoe: spoeConf({ backend: "use-backend bee" }), codes: ["unknown_backend"] },
  { name: "a frontend as backend", spoe: spoeConf({ backend: "use-backend web" }), codes: ["unknown_backend"] },
  { name: "an unquoted variable", spoe: spoeConf({ backend: "use-backend $BACKEND" }), codes: ["unknown_backend"] },
  {
    name: "a backend of mode http",
    spoe: spoeConf({}),
    codes: ["bad_mode"],
    config: { mode: "http" },
  },
  {
    name: "a backend of mode spop",
    spoe: spoeConf({}),
    codes: ["bad_mode"],
    codesSince31: [],
    config: { mode: "spop" },
  },
  { name: "a backend of mode tcp", spoe: spoeConf({}), codes: [], codesSince31: ["mode_tcp"], config: { mode: "tcp" } },
  { name: "an unknown message", spoe: spoeConf({ agent: "messages m2" }), codes: ["unknown_message"] },
  { name: "a message twice", spoe: spoeConf({ agent: "messages m1" }), codes: ["used_twice"] },
  { name: "no message", spoe: spoeConf({}).replace("messages m1", ""), codes: ["no_messages", "unused_message"] },
  { name: "an unknown group", spoe: spoeConf({ agent: "groups g1" }), codes: ["unknown_group"] },
  { name: "a group", spoe: spoeConf({ agent: "groups g1", more: GROUP }), codes: [] },
  { name: "a group that is not used", spoe: spoeConf({ more: GROUP }), codes: ["unused_group", "unused_message"] },
  {
    name: "a group with an unknown message",
    spoe: spoeConf({ agent: "groups g1", more: "spoe-group g1\n  messages m2\n" }),
    codes: ["unknown_message"],
  },
  {
    name: "a group with an unknown keyword",
    spoe: spoeConf({ agent: "groups g1", more: GROUP.replace("messages", "message m1\n  messages") }),
    codes: ["unknown_keyword"],
  },
  {
    name: "a group with a message twice",
    spoe: spoeConf({ agent: "groups g1", more: GROUP.replace("messages m2", "messages m2 m2") }),
    codes: ["used_twice"],
  },
  {
    name: "a message of two groups",
    spoe: spoeConf({ agent: "groups g1 g2", more: GROUP + "spoe-group g2\n  messages m2\n" }),
    codes: ["second_group"],
  },
  {
    name: "a group of the same name",
    spoe: spoeConf({ agent: "groups g1", more: GROUP + "spoe-group g1\n  messages m1\n" }),
    codes: ["duplicate_section"],
  },
  {
    name: "a message of the same name",
    spoe: spoeConf({ more: "spoe-message m1\n  args ip=src\n" }),
    codes: ["duplicate_section"],
  },
  { name: "a second agent", spoe: spoeConf({ more: "spoe-agent other\n" }), codes: ["second_agent"] },
  { name: "a message without event", spoe: spoeConf({ event: "" }), codes: ["no_event"] },
  {
    name: "an unknown event",
    spoe: spoeConf({ event: "event on-http-request" }),
    codes: ["no_event", "unknown_event"],
  },
  { name: "an event without name", spoe: spoeConf({ event: "event" }), codes: ["missing_word", "no_event"] },
  {
    name: "a second event",
    spoe: spoeConf({ message: "event on-frontend-tcp-request" }),
    codes: ["event_replaced"],
  },
  {
    name: "a condition without if",
    spoe: spoeConf({ event: "event on-client-session { src 192.0.2.1 }" }),
    codes: ["bad_condition"],
  },
  { name: "a condition", spoe: spoeConf({ event: "event on-client-session unless { src 192.0.2.1 }" }), codes: [] },
  { name: "an ACL without criterion", spoe: spoeConf({ message: "acl a" }), codes: ["missing_word"] },
  { name: "an unknown keyword of a message", spoe: spoeConf({ message: "arg b=src" }), codes: ["unknown_keyword"] },
  { name: "an unknown section", spoe: spoeConf({ more: "spoe-foo x\n" }), codes: ["unknown_keyword"] },
  { name: "an argument without value", spoe: spoeConf({ message: "args a=" }), codes: ["bad_argument"] },
  {
    name: "an argument with blanks",
    spoe: spoeConf({ message: "args a = src" }),
    codes: ["bad_argument", "unnamed_argument", "unnamed_argument"],
  },
  { name: "an argument without name", spoe: spoeConf({ message: "args dst" }), codes: ["unnamed_argument"] },
  { name: "an argument twice", spoe: spoeConf({ message: "args ip=dst" }), codes: ["duplicate_argument"] },
  {
    name: "a continued line",
    spoe: spoeConf({ message: "args a=src \\\n    b=dst" }),
    codes: ["bad_argument", "unknown_keyword"],
  },
  {
    name: "an argument that is not there yet",
    spoe: spoeConf({ message: "args path=path" }),
    codes: ["fetch_not_available"],
  },
  {
    name: "an argument of a message that is not sent",
    spoe: spoeConf({ more: "spoe-message m2\n  args p=path\n  event on-client-session\n" }),
    codes: ["unused_message"],
  },
  {
    name: "an HTTP event in mode tcp",
    spoe: spoeConf({ event: "event on-frontend-http-request" }),
    codes: ["event_needs_http"],
    config: { frontendMode: "tcp" },
  },
  {
    name: "a body that is not waited for",
    spoe: spoeConf({ message: "args body=req.body", event: "event on-frontend-http-request" }),
    codes: ["body_not_buffered"],
  },
  {
    name: "a body that is waited for",
    spoe: spoeConf({ message: "args body=req.body", event: "event on-frontend-http-request" }),
    codes: [],
    config: { frontend: "option http-buffer-request" },
  },
  { name: "a prefix with a dash", spoe: spoeConf({ agent: "option var-prefix a-b" }), codes: ["bad_variable"] },
  { name: "a prefix with dots", spoe: spoeConf({ agent: "option var-prefix a.b_c" }), codes: [] },
  { name: "no prefix after all", spoe: spoeConf({ agent: "option var-prefix" }), codes: ["missing_word"] },
  { name: "a name that is no prefix", spoe: spoeConf({ name: "my-agent" }), codes: ["bad_variable"] },
  {
    name: "a name with a dash and a prefix",
    spoe: spoeConf({ name: "my-agent", agent: "option var-prefix mine" }),
    codes: [],
  },
  { name: "a name with a slash", spoe: spoeConf({ name: "my/agent" }), codes: ["bad_name", "bad_variable"] },
  { name: "a bad error variable", spoe: spoeConf({ agent: "option set-on-error a-b" }), codes: ["bad_variable"] },
  { name: "a bad registered variable", spoe: spoeConf({ agent: "register-var-names a-b" }), codes: ["bad_variable"] },
  { name: "registered variables", spoe: spoeConf({ agent: "register-var-names a b.c a" }), codes: [] },
  { name: "no registered variable", spoe: spoeConf({ agent: "register-var-names" }), codes: ["missing_word"] },
  { name: "a section without name", spoe: spoeConf({ more: "spoe-message\n" }), codes: ["no_name"] },
  {
    name: "a section with two names",
    spoe: spoeConf({ more: "spoe-message m2 m3\n" }),
    codes: ["extra_word", "unused_message"],
  },
  {
    name: "a line outside of sections",
    spoe: spoeConf({}).replace("[e]\n", "[e]\nmessages m1\n"),
    codes: ["no_section"],
  },
  { name: "an open quote", spoe: spoeConf({ agent: 'option var-prefix "x' }), codes: ["bad_line"] },
  { name: "quotes and a comment", spoe: spoeConf({ agent: 'option \'var-prefix\' "x" # y"' }), codes: [] },
  { name: "a comment in a word", spoe: spoeConf({ backend: "use-backend be#x" }), codes: [] },
  { name: "a bad \\x", spoe: spoeConf({ agent: "use-backend \\xzz" }), codes: ["bad_line"] },
  { name: "a NUL", spoe: spoeConf({ agent: "use-backend b\0e" }), codes: ["bad_line"] },
  { name: "64 words", spoe: spoeConf({ message: words(63) }), codes: [] },
  { name: "65 words", spoe: spoeConf({ message: words(64) }), codes: ["bad_line"] },
  { name: "CR and LF", spoe: spoeConf({}).replaceAll("\n", "\r\n"), codes: [] },
  { name: "no line break at the end", spoe: spoeConf({}).trimEnd(), codes: ["bad_line"] },
  { name: "an empty file", spoe: "", codes: ["no_scope"] },
  { name: "a scope with blanks", spoe: spoeConf({}).replace("[e]", "[ e ]"), codes: ["bad_scope", "no_scope"] },
  { name: "a scope that is not closed", spoe: spoeConf({}).replace("[e]", "[e"), codes: ["bad_scope", "no_scope"] },
  { name: "a scope in quotes", spoe: spoeConf({}).replace("[e]", '"[e]"'), codes: ["no_scope", "no_section"] },
  {
    name: "a scope twice",
    spoe: spoeConf({ more: "[x]\nspoe-agent y\n[e]\nspoe-message m2\n" }),
    codes: ["unused_message"],
  },
  { name: "nonsense in another scope", spoe: spoeConf({ more: "[x]\nnonsense\nspoe-agent a b\n  foo\n" }), codes: [] },
  { name: "an open quote in another scope", spoe: spoeConf({ more: '[x]\nfoo "\n' }), codes: ["bad_line"] },
  {
    name: "a group that a rule sends",
    spoe: spoeConf({ agent: "groups g1", more: GROUP }),
    codes: [],
    config: { frontend: "http-request send-spoe-group e g1" },
  },
  {
    name: "a group that a rule sends and is not there",
    spoe: spoeConf({ agent: "groups g1", more: GROUP }),
    codes: ["unknown_group"],
    config: { frontend: "http-request send-spoe-group e g2" },
  },
];

function words(count: number): string {
  return `args ${Array.from({ length: count }, (_, index) => `a${index}=src`).join(" ")}`;
}

const RANK = ["is silent", "warns", "refuses"] as const;

for (const build of present) {
  const isSince31 = !["2.6", "3.0"].includes(build.version);
  for (const { name, spoe: written, codes, codesSince31, config } of CASES) {
    // Since 3.1 these do nothing, of which the checker speaks too.
    const spoe = isSince31 ? written.replace(/ {2}timeout hello 1s\r?\n {2}timeout idle 30s\r?\n/, "") : written;
    Deno.test(`checkSpoeConfig() says what HAProxy does of ${name} [HAProxy ${build.version}]`, async () => {
      const cfg = haproxyConfig(build, config);
      const { outcome, text } = await verdictOf(build, { "spoe.conf": spoe, "haproxy.cfg": cfg });
      const found = checkSpoeConfig(spoe, { haproxyVersion: build.release, engine: "e", haproxyConfig: cfg });
      const expected = (isSince31 ? codesSince31 : undefined) ?? codes;
      assert.deepEqual([...new Set(found.map((one) => one.code))].sort(), [...new Set(expected)].sort(), show(found));
      const worst = Math.max(0, ...found.map((one) => RANK.indexOf(one.haproxy)));
      assert.equal(outcome, RANK[worst], `${text}\n${show(found)}`);
    });
  }

  Deno.test(`eventsInstead() knows what HAProxy has at which event [HAProxy ${build.version}]`, async (t) => {
    for (const fetch of FETCHES) {
      await t.step(fetch, async () => await checkFetch(build, fetch));
    }
  });
}

/** One of each line of the table, and some that are there always. */
const FETCHES = [
  "src",
  "method",
  "hdr(x)",
  "ssl_fc_sni",
  "path",
  "url",
  "query",
  "pathq",
  "urlp(x)",
  "http_auth_user",
  "req.hdr(x),lower",
  "req.fhdr(x)",
  "req.hdrs_bin",
  "req.body",
  "req.cook(x)",
  "req.ssl_sni",
  "status",
  "res.hdr(x)",
  "res.hdrs_bin",
  "ssl_bc",
  "be_name",
  "srv_name",
  "fe_name",
  "unique-id",
  "int(5)",
  "var(txn.x)",
];

async function checkFetch(build: HaproxyBuild, fetch: string): Promise<void> {
  await Promise.all(EVENTS.map(async (event) => {
    const spoe = spoeConf({ message: `args a=${fetch}`, event: `event ${event}` });
    const cfg = haproxyConfig(build);
    const { outcome, text } = await verdictOf(build, { "spoe.conf": spoe, "haproxy.cfg": cfg });
    const isRefused = eventsInstead(fetch, event) !== undefined;
    assert.equal(outcome, isRefused ? "refuses" : "is silent", `${fetch} at ${event}: ${text}`);
  }));
}

function show(found: readonly { readonly line: number; readonly code: string; readonly message: string }[]): string {
  return found.map((one) => `${one.line} ${one.code}: ${one.message}`).join("\n");
}
