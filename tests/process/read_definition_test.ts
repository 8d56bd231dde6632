import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidDefinition } from "../../lib/process/errors.ts";
import { readDefinition } from "../../lib/process/read_definition.ts";
import { writeDefinition } from "../../lib/process/write_definition.ts";

const FULL = {
  name: "shop:web",
  cmd: "server",
  args: ["-p", "80"],
  env: { PORT: "80" },
  os_env: false,
  uid: "www-data",
  gid: 33,
  cwd: "/srv",
  shell: false,
  detach: true,
  numprocesses: 3,
  redirect_output: ["out", "err"],
  redirect_input: true,
  graceful_timeout: 2.5,
  flapping: { attempts: 3, window: 2, retry_in: 1, max_retry: 0 },
  restart: "on_failure",
  priority: -1,
  group: "shop",
  start: false,
  depends_on: { db: "ready", setup: "exited_ok" },
  ready: { tcp: "127.0.0.1:80", every: 0.1, timeout: 5 },
  server: "web/s1",
  drain_timeout: 5,
  before: "haproxy-reload",
  after: "haproxy-reload",
};

Deno.test("readDefinition() takes every field as it is", () => {
  assert.deepEqual(readDefinition(FULL), FULL);
});

/** What is not written as it is kept: [field, given, kept]. */
const LOOSE: readonly (readonly [field: string, given: unknown, kept: unknown])[] = [
  ["args", "-a 'b c'", ["-a", "b c"]],
  ["args", [1, "b"], ["1", "b"]],
  ["env", { A: 1 }, { A: "1" }],
  ["redirect_output", "out, err", ["out", "err"]],
  ["redirect_output", [], []],
  ["flapping", {}, { attempts: 2, window: 1, retry_in: 7, max_retry: 5 }],
  ["flapping", null, undefined],
  ["depends_on", ["db"], { db: "started" }],
];
for (const [field, given, kept] of LOOSE) {
  Deno.test(`readDefinition() keeps ${field} ${JSON.stringify(given)} as ${JSON.stringify(kept)}`, () => {
    const { [field]: read }: Record<string, unknown> = { ...readDefinition({ name: "a", cmd: "b", [field]: given }) };
    assert.deepEqual(read, kept);
  });
}

const NUL = "a\0b";
const BAD: Readonly<Record<string, readonly unknown[]>> = {
  name: [undefined, "", 5, "42", "a b", "a/b", NUL, "x".repeat(129), null, { toString: 1 }, ["a"]],
  cmd: [undefined, "", 5, NUL, "  ", "'", '"" x'],
  args: [5, { a: 1 }, "'", [NUL], NUL, [null], "$MISSING", ["${MISSING}"]],
  env: [[], "A=1", { "A=B": "c" }, { "": "c" }, { A: NUL }, { A: true }, { [NUL]: "c" }],
  os_env: ["true", 1, null],
  uid: [-1, 1.5, 2 ** 32, "", "a b", "root:x", true],
  gid: [-1, "a\nb"],
  cwd: ["", NUL, 1],
  numprocesses: [-1, 1.5, "2", 1001, NaN],
  redirect_output: [["a", "b", "c"], ["stdin"], ["a b"], [""], ["a/b"], { a: 1 }, 5],
  redirect_input: ["yes"],
  graceful_timeout: [-1, "10", 3601, Infinity],
  flapping: [{ attempts: 0 }, { other: 1 }, true, { window: -1 }, "2 1 7 5"],
  restart: ["sometimes", true],
  priority: [1.5, "1"],
  start: [0],
  depends_on: [{ db: "running" }, "db", [1.5, null]],
  ready: [{}, { tcp: "a:1", http: "http://a" }, { tcp: "" }, { tcp: "a:1", other: 1 }, { log: "(" }, true],
  server: ["web", "web/s1/x", "", "a b/c"],
};
for (const [field, values] of Object.entries(BAD)) {
  for (const value of values) {
    const shown = typeof value === "string" && value.length > 20
      ? "a long text"
      : Deno.inspect(value, { compact: true });
    Deno.test(`readDefinition() refuses ${field} ${shown}`, () => {
      assert.throws(() => readDefinition({ name: "web", cmd: "server", [field]: value }), InvalidDefinition);
    });
  }
}

Deno.test("readDefinition() names the process, the field and its value", () => {
  assert.throws(() => readDefinition({ name: "web", cmd: "server", numprocesses: "many" }), {
    code: "invalid_definition",
    message: 'Cannot define process "web": field "numprocesses" is "many" and must be a whole number from 0 to 1000',
  });
});

Deno.test("readDefinition() gives a definition or InvalidDefinition, whatever it is given", () => {
  const field = fc.constantFrom(...Object.keys(FULL), "other", "__proto__", "constructor");
  const value = fc.oneof(fc.anything(), fc.constantFrom(...Object.values(FULL)));
  const record = fc.dictionary(field, value).map((fields) => ({ ...fields, name: fields.name ?? "web" }));
  fc.assert(
    fc.property(fc.oneof(fc.anything(), record, record.map((one) => ({ ...one, cmd: "x" }))), (given) => {
      try {
        assert.equal(readDefinition(given).name, Object(given).name);
      } catch (thrown) {
        assert.ok(thrown instanceof InvalidDefinition, String(thrown));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("writeDefinition() writes what readDefinition() reads as the same definition", () => {
  const fields = fc.subarray(Object.entries(FULL).filter(([key]) => key !== "name" && key !== "cmd"));
  const extra = fc.dictionary(fc.string().map((key) => `x-${key}`), fc.jsonValue());
  fc.assert(fc.property(fields, extra, (some, more) => {
    const definition = readDefinition({ name: "web", cmd: "server", ...Object.fromEntries(some), ...more });
    const written: unknown = JSON.parse(JSON.stringify(writeDefinition(definition)));
    assert.deepEqual(readDefinition(written), JSON.parse(JSON.stringify(definition)));
  }));
});

Deno.test("readDefinition() keeps unknown members, also one called __proto__, and is not changed by them", () => {
  const definition = readDefinition(
    JSON.parse('{"name": "a", "cmd": "b", "__proto__": {"shell": true}, "env": {"__proto__": "x"}}'),
  );
  assert.equal(definition.shell, undefined);
  assert.deepEqual(Object.keys(definition.extra ?? {}), ["__proto__"]);
  assert.deepEqual(Object.keys(definition.env ?? {}), ["__proto__"]);
});

Deno.test("readDefinition() refuses names that no URL reaches", () => {
  for (const name of [".", "..", "42"]) assert.throws(() => readDefinition({ name, cmd: "x" }), /field "name" is/);
  for (const name of ["...", ".x", "4.2", "__proto__"]) assert.equal(readDefinition({ name, cmd: "x" }).name, name);
});
