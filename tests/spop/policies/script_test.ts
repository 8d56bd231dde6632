import assert from "node:assert/strict";
import { createScript } from "../../../lib/spop/policies/script.ts";
import { UnusableScript } from "../../../lib/spop/policies/script/handler.ts";
import { InvalidPolicy } from "../../../lib/spop/policies/policy.ts";
import { defaultOf, verdictAtOnce, verdictOf } from "./recorder.ts";

/** A module on disk that can be written again. */
async function moduleFile(source: string) {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/policy #1.ts`;
  const write = (text: string) => Deno.writeTextFile(path, text);
  await write(source);
  return { path, write, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

const says = (what: string) =>
  `export default function (message: { args: { ip: string } }, actions: { set(s: string, n: string, v: string): void }) {
  actions.set("session", "said", ${JSON.stringify(what)} + message.args.ip);
}`;

Deno.test("createScript() runs a TypeScript module, and its new version after a reload", async () => {
  await using file = await moduleFile(says("one "));
  await using policy = await createScript({ file: file.path, name: "mine" });
  assert.equal(policy.message.name, "mine");
  assert.deepEqual(verdictAtOnce(policy, { ip: "a" }), { said: "one a" });
  await file.write(says("two "));
  assert.deepEqual(verdictAtOnce(policy, { ip: "a" }), { said: "one a" });
  await policy.reload?.();
  assert.deepEqual(verdictAtOnce(policy, { ip: "a" }), { said: "two a" });
  assert.deepEqual(policy.stats?.(), { version: 2 });
});

/** New versions that are broken, and what is said of each. */
const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ["does not parse", "export default function (", /Cannot use script ".*policy #1\.ts": /],
  ["throws when it is loaded", 'throw new Error("no database")', /no database$/],
  ["imports what is not there", 'import "./nowhere.ts";', /nowhere\.ts/],
  ["exports nothing", "export const a = 1;", /it has no default export/],
  ["exports a number", "export default 1;", /neither a function nor an object with a function "decide"/],
  ["exports an object without decide", "export default {};", /neither a function/],
  [
    "exports wrong defaults",
    "export default { decide() {}, defaults: 1 };",
    /"defaults" of its default export is no function/,
  ],
  ["exports null", "export default null;", /neither a function/],
];

for (const [name, source, why] of BROKEN) {
  Deno.test(`createScript() refuses a module that ${name}, and keeps the old version on reload`, async () => {
    await using file = await moduleFile(source);
    const isRight = (thrown: unknown) => thrown instanceof UnusableScript && why.test(thrown.message);
    await assert.rejects(createScript({ file: file.path }), isRight);
    await file.write(says(""));
    await using policy = await createScript({ file: file.path });
    await file.write(source);
    await assert.rejects(async () => await policy.reload?.(), isRight);
    assert.deepEqual(verdictAtOnce(policy, { ip: "a" }), { said: "a" });
    assert.match(String(policy.stats?.().broken), why);
    await file.write(says("mended "));
    await policy.reload?.();
    assert.deepEqual(verdictAtOnce(policy, { ip: "a" }), { said: "mended a" });
    assert.deepEqual(policy.stats?.(), { version: 2 });
  });
}

Deno.test("createScript() refuses a file that is not there", async () => {
  await assert.rejects(createScript({ file: "/nowhere/policy.ts" }), UnusableScript);
  await assert.rejects(createScript({ file: "" }), InvalidPolicy);
});

Deno.test("createScript() takes an object with state, asynchronous decisions, defaults and an end", async () => {
  const closed: string[] = [];
  let version = 0;
  const load = () => {
    const name = `v${++version}`;
    return Promise.resolve({
      default: {
        name,
        async decide(_message: unknown, actions: { set(scope: string, name: string, value: string): void }) {
          await Promise.resolve();
          actions.set("session", "by", this.name);
        },
        defaults: (actions: { set(scope: string, name: string, value: string): void }) =>
          actions.set("session", "by", "default"),
        close() {
          closed.push(this.name);
          throw new Error("does not matter");
        },
      },
    });
  };
  const policy = await createScript({ file: "x.ts", load });
  assert.deepEqual(await verdictOf(policy, {}), { by: "v1" });
  assert.deepEqual(defaultOf(policy), { by: "default" });
  await policy.reload?.();
  assert.deepEqual(await verdictOf(policy, {}), { by: "v2" });
  await policy[Symbol.asyncDispose]();
  assert.deepEqual(closed, ["v1", "v2"]);
});

Deno.test("createScript() hands on what the module throws", async () => {
  const load = () =>
    Promise.resolve({
      default: () => {
        throw new Error("mine");
      },
    });
  await using policy = await createScript({ file: "x.ts", load });
  assert.throws(() => verdictAtOnce(policy, {}), /mine/);
  assert.deepEqual(defaultOf(policy), {});
});

Deno.test("createScript() does not wait for ever for a module that never loads, and one that never ends", async () => {
  const never = new Promise<never>(() => {});
  await assert.rejects(
    createScript({ file: "x.ts", loadTimeoutMs: 5, load: () => never }),
    /Cannot use script "x\.ts": it took longer than 5 ms/,
  );
  const load = () => Promise.resolve({ default: { decide() {}, close: () => never } });
  const policy = await createScript({ file: "x.ts", loadTimeoutMs: 5, load });
  await policy.reload?.();
  await policy[Symbol.asyncDispose]();
  assert.deepEqual(policy.stats?.(), { version: 2 });
});

/** Arguments and variables that would break the generated configuration. */
const SPECS: readonly (readonly [Record<string, unknown>, RegExp])[] = [
  [{ args: ["ip"] }, /option "args\[0\]" must be a table/],
  [{ args: [{ name: "ip" }] }, /option "args\[0\]\.types" is missing/],
  [{ args: [{ name: "ip", types: ["ip"], fetch: "src\n  event x" }] }, /option "args\[0\]\.fetch" is "src/],
  [{ args: [{ name: "i p", types: ["ip"], fetch: "src" }] }, /option "args\[0\]\.name" is "i p"/],
  [{ args: [{ name: "ip", types: ["address"], fetch: "src" }] }, /option "args\[0\]\.types"/],
  [{ sets: [{ scope: "global", name: "a", type: "string", description: "x" }] }, /option "sets\[0\]\.scope"/],
  [{ sets: [{ scope: "session", name: "a", type: "string", description: "x\ny" }] }, /option "sets\[0\]\.description"/],
  [{ sets: [{ scope: "session", name: "a", type: "string" }] }, /option "sets\[0\]\.description" is missing/],
];

for (const [options, why] of SPECS) {
  Deno.test(`createScript() says ${why}`, async () => {
    const load = () => Promise.resolve({ default: () => {} });
    const make = createScript({ file: "x.ts", load, ...options });
    await assert.rejects(make, (thrown) => thrown instanceof InvalidPolicy && why.test(thrown.message));
  });
}
