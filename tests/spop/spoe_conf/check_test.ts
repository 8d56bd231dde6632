import assert from "node:assert/strict";
import fc from "fast-check";
import type { MessageSpec, VariableSpec } from "../../../lib/spop/policies/policy.ts";
import { type CheckOptions, checkSpoeConfig } from "../../../lib/spop/spoe_conf/check.ts";
import { InvalidHaproxyVersion } from "../../../lib/spop/spoe_conf/version.ts";

/** The example of HAProxy's own documentation (SPOE.txt 2.5), for 3.1 and later. */
const SPOE = `[ip-reputation]
spoe-agent iprep-agent
    messages get-ip-reputation
    option var-prefix iprep
    timeout processing 10ms
    use-backend iprep-servers
spoe-message get-ip-reputation
    args ip=src
    event on-client-session if ! { src -f /etc/haproxy/whitelist.lst }
`;
const HAPROXY = `frontend www
    mode http
    bind *:80
    filter spoe engine ip-reputation config spoe-ip-reputation.conf
    tcp-request content reject if  { var(sess.iprep.ip_score) -m int lt 20 }
    default_backend http-servers
backend iprep-servers
    mode spop
    timeout connect 5s
    timeout server 3m
    server iprep1 192.0.2.1:12345
`;
const HANDLER: MessageSpec = {
  name: "get-ip-reputation",
  event: "on-client-session",
  args: [{ name: "ip", types: ["ip"], fetch: "src" }],
};
const SCORE: VariableSpec = { scope: "session", name: "ip_score", type: "integer", description: "0 to 100" };
const OPTIONS: CheckOptions = {
  haproxyVersion: "3.2",
  handlers: [HANDLER],
  variables: [SCORE],
  deadlineMs: 8,
  haproxyConfig: HAPROXY,
};

Deno.test("checkSpoeConfig() has nothing against HAProxy's own example", () => {
  assert.deepEqual(checkSpoeConfig(SPOE, OPTIONS), []);
});

/** What is changed, and the line, the severity, the words and the hint of the one remark. */
const CASES: readonly {
  readonly name: string;
  readonly spoe?: string;
  readonly options?: Partial<CheckOptions>;
  readonly line: number;
  readonly severity: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}[] = [
  {
    name: "a message without handler",
    options: { handlers: [] },
    line: 7,
    severity: "error",
    message: /no handler is there for message "get-ip-reputation"/,
    hint: /there is none/,
  },
  {
    name: "a handler's message that is never sent",
    options: { handlers: [HANDLER, { ...HANDLER, name: "get-ip-reputatoin" }] },
    line: 2,
    severity: "warning",
    message: /message "get-ip-reputatoin" has a handler and is never sent/,
    hint: /did you mean "get-ip-reputation"/,
  },
  {
    name: "a misspelt argument that is not needed",
    options: {
      handlers: [{ ...HANDLER, args: [...HANDLER.args, { name: "port", types: ["integer"], fetch: "src_port" }] }],
    },
    line: 7,
    severity: "error",
    message: /has no argument "port"/,
    hint: /args port=src_port/,
  },
  {
    name: "an argument that could be there",
    options: {
      handlers: [{
        ...HANDLER,
        args: [...HANDLER.args, { name: "port", types: ["integer"], fetch: "src_port", isOptional: true }],
      }],
    },
    line: 7,
    severity: "note",
    message: /may have argument "port" too/,
    hint: /args port=src_port/,
  },
  {
    name: "an argument that the handler does not know",
    spoe: SPOE.replace("ip=src", "ip=src ips=src"),
    line: 8,
    severity: "warning",
    message: /does not know argument "ips"/,
    hint: /did you mean "ip"/,
  },
  {
    name: "another event",
    spoe: SPOE.replace("event on-client-session", "event on-frontend-tcp-request"),
    line: 9,
    severity: "note",
    message: /usually sent at "on-client-session"/,
    hint: /event on-client-session/,
  },
  {
    name: "a variable that nothing names",
    options: { haproxyConfig: HAPROXY.replace(/.*tcp-request.*\n/, "") },
    line: 2,
    severity: "warning",
    message: /"sess\.iprep\.ip_score" is named nowhere here or in haproxy\.cfg/,
    hint: /register-var-names ip_score/,
  },
  {
    name: "a variable of scope process",
    options: { variables: [SCORE, { ...SCORE, name: "seen", scope: "process" }] },
    line: 2,
    severity: "error",
    message: /"proc\.iprep\.seen" is of scope process/,
    hint: /option force-set-var/,
  },
  {
    name: "a registered variable that nobody sets",
    spoe: SPOE.replace("    use", "    register-var-names ip_scor\n    use"),
    line: 6,
    severity: "note",
    message: /no handler sets variable "ip_scor"/,
    hint: /did you mean "ip_score"/,
  },
  {
    name: "a rule with a misspelt variable",
    options: {
      haproxyConfig: HAPROXY + "frontend other\n  http-request deny if { var(sess.iprep.ip_scoer) -m found }\n",
    },
    line: 2,
    severity: "error",
    message: /line 13 of haproxy\.cfg uses variable "sess\.iprep\.ip_scoer", which nobody sets/,
    hint: /did you mean "sess\.iprep\.ip_score"/,
  },
  {
    name: "a verdict that comes too late",
    options: { deadlineMs: 10 },
    line: 5,
    severity: "warning",
    message: /"timeout processing" \(10 ms\) is not above the agent's deadline \(10 ms\)/,
    hint: /raise it/,
  },
  {
    name: "a server time below the verdict's",
    options: { haproxyConfig: HAPROXY.replace("timeout server 3m", "timeout server 10ms") },
    line: 5,
    severity: "warning",
    message: /"timeout processing" \(10 ms\) is not below "timeout server" \(10 ms\) of backend "iprep-servers"/,
    hint: /raise "timeout server"/,
  },
  {
    name: "an engine that no proxy uses",
    options: { haproxyConfig: HAPROXY.replace(/.*filter spoe.*\n/, "") },
    line: 2,
    severity: "warning",
    message: /no proxy of haproxy\.cfg uses engine "ip-reputation"/,
    hint: /filter spoe engine ip-reputation config FILE/,
  },
  {
    name: "another engine's filter",
    options: { haproxyConfig: HAPROXY + "frontend x\n  filter spoe engine ip-reputatoin config x\n" },
    line: 0,
    severity: "warning",
    message: /line 13 of haproxy\.cfg names engine "ip-reputatoin"/,
    hint: /did you mean "ip-reputation"/,
  },
];

for (const { name, spoe = SPOE, options, line, severity, message, hint } of CASES) {
  Deno.test(`checkSpoeConfig() finds ${name}`, () => {
    const found = checkSpoeConfig(spoe, { ...OPTIONS, ...options });
    assert.equal(found.length, 1, JSON.stringify(found));
    const [one] = found;
    assert.deepEqual([one?.line, one?.severity], [line, severity]);
    assert.match(one?.message ?? "", message);
    assert.match(one?.hint ?? "", hint);
  });
}

Deno.test("checkSpoeConfig() compares hello and idle with the backend's times before 3.1 only", () => {
  const spoe = SPOE.replace("    use", "    timeout hello 6s\n    timeout idle 4m\n    use");
  const haproxyConfig = HAPROXY.replace("mode spop", "mode tcp");
  const before = checkSpoeConfig(spoe, { ...OPTIONS, haproxyVersion: "3.0", haproxyConfig });
  assert.deepEqual(before.map((one) => [one.line, one.code]), [[6, "timeout_order"], [7, "timeout_order"]]);
  const since = checkSpoeConfig(spoe, { ...OPTIONS, haproxyVersion: "3.1" });
  assert.deepEqual(since.map((one) => [one.line, one.code]), [[6, "ignored"], [7, "ignored"]]);
});

Deno.test("checkSpoeConfig() knows a backend's mode and times from its defaults", () => {
  const haproxyConfig = `defaults spoa\n  mode spop\n  timeout server 5ms\ndefaults\n  mode http\n${
    HAPROXY.replace("backend iprep-servers\n    mode spop", "backend iprep-servers from spoa")
      .replace("    timeout server 3m\n", "")
  }`;
  const found = checkSpoeConfig(SPOE, { ...OPTIONS, haproxyConfig });
  assert.deepEqual(found.map((one) => one.code), ["timeout_order"]);
});

Deno.test("checkSpoeConfig() looks at one engine of several, and at all when none is named", () => {
  const spoe = `${SPOE}[other]\nspoe-agent other\n  foo\n`;
  assert.deepEqual(checkSpoeConfig(spoe, { ...OPTIONS, engine: "ip-reputation" }), []);
  const codes = checkSpoeConfig(spoe, { haproxyVersion: "3.2" }).map((one) => one.code);
  assert.deepEqual(codes, ["no_backend", "no_messages", "no_timeout", "unknown_keyword"]);
});

Deno.test("checkSpoeConfig() throws for what is no version", () => {
  for (const haproxyVersion of ["", "3", "new", "1.9", "3.2beta", "3.2\n"]) {
    assert.throws(() => checkSpoeConfig(SPOE, { haproxyVersion }), InvalidHaproxyVersion, haproxyVersion);
  }
});

const WORDS = [
  ...SPOE.split(/\s+/),
  "spoe-group",
  "groups",
  "no",
  "option",
  "acl",
  "[x]",
  '"',
  "'",
  "\\",
  "\\x",
  "${A}",
  "\0",
  "#",
  "__proto__",
  "constructor",
];

Deno.test("checkSpoeConfig() never throws and stays in the file, whatever the text", () => {
  const noise = fc.string({ unit: "binary", maxLength: 300 });
  const salad = fc.array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(" ", "\n", "\t", "")), { maxLength: 200 })
    .map((parts) => parts.flat().join(""));
  const mutated = fc.tuple(fc.nat(SPOE.length), fc.nat(20), noise)
    .map(([at, length, text]) => SPOE.slice(0, at) + text + SPOE.slice(at + length));
  const text = fc.oneof(noise, salad, mutated);
  fc.assert(
    fc.property(text, text, fc.constantFrom("2.6", "3.0", "3.2"), (spoe, haproxyConfig, haproxyVersion) => {
      const lines = spoe.split("\n").length;
      for (const one of checkSpoeConfig(spoe, { ...OPTIONS, haproxyConfig, haproxyVersion })) {
        assert.ok(one.line >= 0 && one.line <= lines);
        assert.ok(one.message !== "" && one.hint !== "" && !one.message.endsWith("."));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("checkSpoeConfig() does not take long for a long file", () => {
  const spoe = SPOE.replace("args ip=src", "arg x\n".repeat(50_000));
  assert.equal(
    checkSpoeConfig(spoe, { haproxyVersion: "3.2" }).filter((one) => one.code === "unknown_keyword").length,
    50_000,
  );
});

Deno.test("checkSpoeConfig() finds a better name for the first of many wrong ones, and not for ever", () => {
  const names = Array.from({ length: 300 }, (_, index) => `message-${index}`);
  const text = `[e]\nspoe-agent a\n${names.map((name) => `  messages ${name}x`).join("\n")}\n${
    names.map((name) => `spoe-message ${name}`).join("\n")
  }\n`;
  const hints = checkSpoeConfig(text, { haproxyVersion: "3.2" }).filter((one) => one.code === "unknown_message")
    .map((one) => one.hint);
  assert.equal(hints.length, 300);
  assert.deepEqual([hints[0], hints[100]], ['did you mean "message-0"?', "see the hints above"]);
});
