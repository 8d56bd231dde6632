import assert from "node:assert/strict";
import fc from "fast-check";
import { availableVersions, type HaproxyBuild } from "../../../scripts/haproxy/versions.ts";
import type { Policy, VariableSpec } from "../../../lib/spop/policies/policy.ts";
import { checkSpoeConfig } from "../../../lib/spop/spoe_conf/check.ts";
import { CannotGenerate, generateSpoeConfig } from "../../../lib/spop/spoe_conf/generate.ts";
import { everyPolicy } from "./every_policy.ts";
import { verdictOf } from "./haproxy_verdict.ts";

const { present } = await availableVersions();

Deno.test("a HAProxy is there to be asked", () => assert.ok(present.length > 0));

type Described = Pick<Policy, "name" | "kind" | "message" | "sets">;

/** A policy without a decision. */
function policy(name: string, more: Partial<Described> = {}): Described {
  return {
    name,
    kind: "script",
    message: { name, event: "on-client-session", args: [{ name: "ip", types: ["ip"], fetch: "src" }] },
    sets: [],
    ...more,
  };
}

/** A policy with one argument. */
function fetching(fetch: string): Described {
  const args = [{ name: "a", types: ["ip"], fetch }] as const;
  return policy("m", { message: { name: "m", event: "on-client-session", args } });
}

function variable(name: string, scope: VariableSpec["scope"] = "session"): VariableSpec {
  return { scope, name, type: "integer", description: "a number" };
}

/** `haproxy.cfg` with the generated pieces in their places. */
function pasted(
  { frontend, backend }: { readonly frontend: string; readonly backend: string },
  { mode = "http", more = "" } = {},
) {
  return `defaults
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend web
  mode ${mode}
  bind 127.0.0.1:1
${frontend}
${more}
${backend}`;
}

for (const build of present) {
  Deno.test(`generateSpoeConfig() makes what HAProxy takes without a word, for every policy [HAProxy ${build.version}]`, async (t) => {
    const policies = await everyPolicy();
    try {
      for (const one of policies) {
        await t.step(one.kind, async () => await prove(build, [one], "127.0.0.1:3000"));
      }
      // A chain has the variables of others, and two policies say whether a user is who he says.
      await t.step(
        "all of them",
        async () =>
          await prove(
            build,
            policies.filter((one) => !["chain", "forward_auth"].includes(one.kind)),
            "unix:/run/happi/spoa.sock",
          ),
      );
    } finally {
      for (const one of policies) await one[Symbol.asyncDispose]();
    }
  });

  Deno.test(`generateSpoeConfig() makes what HAProxy takes, for a frontend of mode tcp [HAProxy ${build.version}]`, async () => {
    const reputation = policy("get-ip-reputation", { kind: "ip_reputation", sets: [variable("ip_score")] });
    const made = generateSpoeConfig({
      policies: [reputation],
      haproxy: build.release,
      address: ["[::1]:3000", "agents.example:3001"],
      file: "DIR/spoe.conf",
      mode: "tcp",
    });
    const backend = made.backend.replace("agents.example:3001", "127.0.0.1:3001");
    const config = pasted({ ...made, backend }, { mode: "tcp" });
    const { outcome, text } = await verdictOf(build, { "spoe.conf": made.spoe, "haproxy.cfg": config });
    assert.equal(outcome, "is silent", text);
    assert.match(made.frontend, /tcp-request content reject if { var\(sess\.happi\.ip_score\) -m int lt 20 }/);
  });
}

/** Generates for the policies, and asks HAProxy and the checker what they have against it. */
async function prove(build: HaproxyBuild, policies: readonly Policy[], address: string): Promise<void> {
  const made = generateSpoeConfig({ policies, haproxy: build.release, address, file: "DIR/spoe.conf" });
  // Every variable in use, so that a name that HAProxy does not allow would be noticed.
  const uses = [...made.frontend.matchAll(/var\(([\w.]+)\)/g)].map((found) => `  log-format "%[var(${found[1]})]"`);
  const config = pasted(made, { more: uses.slice(0, 1).join("\n") });
  const { outcome, text } = await verdictOf(build, { "spoe.conf": made.spoe, "haproxy.cfg": config });
  const own = text.replaceAll(/.*log format ignored.*\n/g, "");
  assert.equal(own.includes("[WARNING]") || outcome === "refuses", false, `${text}\n${made.text}`);
  const found = checkSpoeConfig(made.spoe, {
    haproxyVersion: build.release,
    engine: "happi",
    handlers: policies.map((one) => one.message),
    variables: policies.flatMap((one) => one.sets),
    deadlineMs: 400,
    haproxyConfig: config,
  });
  assert.deepEqual(found, []);
}

Deno.test("generateSpoeConfig() writes what each HAProxy needs", () => {
  const made = (haproxy: string) => generateSpoeConfig({ policies: [policy("m")], haproxy, address: "127.0.0.1:3000" });
  for (const old of ["2.6", "2.8.3", "3.0.11-1+deb13u3"]) {
    assert.match(made(old).backend, /mode tcp\n/);
    assert.match(made(old).spoe, /timeout hello 500ms\n {4}timeout idle 30s\n/);
    assert.match(made(old).spoe, /no option async/);
  }
  for (const recent of ["3.1", "3.2.26", "3.5-dev5", "4.0"]) {
    assert.match(made(recent).backend, /mode spop\n/);
    assert.doesNotMatch(made(recent).spoe, /timeout (hello|idle)|async/);
  }
  for (const all of ["2.6", "3.2"]) {
    assert.match(made(all).backend, /option spop-check\n {4}server happi1 127\.0\.0\.1:3000 check\n/);
    assert.match(made(all).spoe, /option set-on-error error\n/);
    assert.match(made(all).frontend, /filter spoe engine happi config \/etc\/haproxy\/happi\.spoe\.conf\n/);
  }
});

Deno.test("generateSpoeConfig() refuses requests without proof, and lets those without a bad mark pass", () => {
  const policies = [
    policy("a", { kind: "jwt", sets: [{ ...variable("jwt_valid", "transaction"), type: "boolean" }] }),
    policy("b", { kind: "ip_reputation", sets: [variable("reputation")] }),
    policy("c", {
      kind: "rate",
      sets: [{ ...variable("ok", "request"), type: "boolean" }, variable("left", "request")],
    }),
    policy("d", {
      kind: "forward_auth",
      sets: [variable("auth_ok", "transaction"), variable("auth_location", "transaction")],
    }),
    policy("e", { kind: "script", sets: [variable("ip_score"), variable("other", "process")] }),
  ];
  const { frontend } = generateSpoeConfig({ policies, haproxy: "3.2", address: "127.0.0.1:3000", prefix: "p" });
  const lines = frontend.split("\n").map((line) => line.trim());
  assert.deepEqual(lines.filter((line) => line.startsWith("http-request")), [
    "http-request deny if { var(sess.p.reputation) -m int lt 20 }",
    "http-request deny if { var(sess.p.ip_score) -m int lt 20 }",
    "http-request deny deny_status 429 if { var(req.p.ok) -m found } !{ var(req.p.ok) -m bool }",
    "http-request deny deny_status 401 unless { var(txn.p.jwt_valid) -m bool }",
    "http-request redirect location %[var(txn.p.auth_location)] if { var(txn.p.auth_location) -m found }",
    "http-request deny deny_status 401 unless { var(txn.p.auth_ok) -m bool }",
  ]);
  assert.ok(lines.includes("# var(proc.p.other) integer: a number"));
});

Deno.test("generateSpoeConfig() lets no description end its comment", () => {
  const description = "first\nhttp-request allow\r# \0 last";
  const { frontend } = generateSpoeConfig({
    policies: [policy("m", { sets: [{ ...variable("v"), description }] })],
    haproxy: "3.2",
    address: "127.0.0.1:3000",
  });
  assert.equal(frontend.includes("# var(sess.happi.v) integer: first http-request allow #   last\n"), true, frontend);
});

/** What cannot be generated, and what is said about it. */
const IMPOSSIBLE: readonly (readonly [Partial<Parameters<typeof generateSpoeConfig>[0]>, RegExp])[] = [
  [{ policies: [] }, /there is no policy/],
  [{ address: [] }, /there is no address/],
  [{ address: "nowhere" }, /Cannot use address "nowhere"/],
  [{ engine: "a b" }, /"a b" cannot be the name of the engine/],
  [{ prefix: "a-b" }, /"a-b" cannot be the name of the prefix/],
  [{ backend: "b\nglobal" }, /cannot be the name of the backend/],
  [{ file: "/etc/a b" }, /cannot be the name of the file/],
  [{ processingMs: 0 }, /"processingMs" is "0"/],
  [
    { policies: [policy("m"), policy("m", { message: { name: "m", event: "on-client-session", args: [] } })] },
    /two policies/,
  ],
  [
    { policies: [policy("a", { sets: [variable("v")] }), policy("b", { sets: [variable("v")] })] },
    /policies "a" and "b" both set "sess\.happi\.v"/,
  ],
  [{ policies: [policy("m", { sets: [variable("a-b")] })] }, /"a-b" cannot be the name of the variable/],
  [
    { policies: [policy("m", { message: { name: "m m", event: "on-client-session", args: [] } })] },
    /name of the message/,
  ],
  [{ file: "/etc/$HOME" }, /cannot be the name of the file/],
  [{ file: "/etc/\0" }, /cannot be the name of the file/],
  [{ address: "unix:/run/a\nglobal" }, /does not fit on a line/],
  [{ address: "unix:/run/a\vcheck" }, /does not fit on a line/],
  [{ policies: [fetching("src\n  event x")] }, /"src\n {2}event x" cannot be the value of "a"/],
  [{ policies: [fetching("src\fb=dst")] }, /cannot be the value of "a"/],
  [
    { policies: [JSON.parse(JSON.stringify(policy("m")).replace("on-client-session", "x\\n  acl y"))] },
    /there is no event/,
  ],
  [
    {
      policies: [JSON.parse(JSON.stringify(policy("m", { sets: [variable("v")] })).replace('"session"', '"toString"'))],
    },
    /variable "v" has scope "toString"/,
  ],
  [{
    mode: "tcp",
    policies: [policy("m", { message: { name: "m", event: "on-frontend-http-request", args: [] } })],
  }, /which mode tcp has not/],
];

for (const [options, why] of IMPOSSIBLE) {
  Deno.test(`generateSpoeConfig() says ${why}`, () => {
    assert.throws(
      () => generateSpoeConfig({ policies: [policy("m")], haproxy: "3.2", address: "127.0.0.1:3000", ...options }),
      (thrown) => thrown instanceof CannotGenerate && why.test(thrown.message),
    );
  });
}

Deno.test("generateSpoeConfig() makes what the checker has nothing against, whatever the names", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/);
  const policies = fc.uniqueArray(name, { minLength: 1, maxLength: 80 }).map((names) =>
    names.map((one) => policy(one, { sets: [variable(one, "transaction")] }))
  );
  fc.assert(fc.property(policies, name, fc.constantFrom("2.6", "3.0", "3.2"), (policies, engine, haproxy) => {
    const { spoe } = generateSpoeConfig({ policies, haproxy, address: "127.0.0.1:3000", engine });
    const handlers = policies.map((one) => one.message);
    const variables = policies.flatMap((one) => one.sets);
    assert.deepEqual(checkSpoeConfig(spoe, { haproxyVersion: haproxy, engine, handlers, variables }), []);
  }));
});
