/** The table of methods as a whole: what holds for every row. */

import assert from "node:assert/strict";
import { InvalidArgument } from "../../lib/client/errors.ts";
import type { AnyMethod } from "../../lib/client/method.ts";
import { findMethod, METHODS, type Methods, toSnakeCase } from "../../lib/client/methods.ts";
import type { Parameter } from "../../lib/client/parameter.ts";
import { call, RecordingCaller } from "./families/recording.ts";

const ROWS = Object.entries(METHODS) as [keyof Methods, AnyMethod][];

Deno.test("every row says in one line what it does, since when, and on which level", () => {
  assert.ok(ROWS.length > 100, "the families are there");
  for (const [name, { summary, since, level, effect }] of ROWS) {
    assert.match(summary, /^[A-Z].*[^.\s]$/, `${name}: "${summary}"`);
    assert.ok(summary.length <= 90 && !summary.includes("\n"), `${name}: "${summary}"`);
    assert.match(since, /^\d\.\d+$/, name);
    assert.ok(["user", "operator", "admin"].includes(level) && ["read", "change"].includes(effect), name);
  }
});

Deno.test("every parameter has a name in snake_case and a description without a full stop", () => {
  const all = (parameter: Parameter<unknown>) => [parameter, ...(parameter.fields ?? [])];
  for (const [name, { parameters }] of ROWS) {
    for (const one of parameters.flatMap(all)) {
      assert.match(one.name, /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/, `${name} ${one.name}`);
      assert.match(one.description, /^\S.*[^.\s]$/, `${name} ${one.name}`);
    }
  }
});

Deno.test("parameters that may be left out come last, and names do not repeat", () => {
  for (const [name, { parameters }] of ROWS) {
    const firstOptional = parameters.findIndex((one) => one.optional);
    if (firstOptional >= 0) assert.ok(parameters.slice(firstOptional).every((one) => one.optional), name);
    const names = parameters.flatMap((one) => one.fields?.map((field) => field.name) ?? [one.name]);
    assert.equal(new Set(names).size, names.length, `${name}: ${names.join(", ")}`);
  }
});

Deno.test("toSnakeCase() and findMethod() are each other's way back, for every method", () => {
  const names = ROWS.map(([name]) => toSnakeCase(name));
  assert.equal(new Set(names).size, names.length);
  for (const [name, method] of ROWS) {
    assert.deepEqual(findMethod(toSnakeCase(name)), { name, method });
    assert.deepEqual(findMethod(name), { name, method });
  }
  assert.equal(findMethod("get_nothing"), undefined);
  assert.equal(findMethod("constructor"), undefined);
  assert.equal(findMethod("__proto__"), undefined);
});

/** Values to try until a parameter takes one. */
const SAMPLES = ["web", "web/s1", "127.0.0.1", "0x55aa", "10.0.0.1:80", "proc.x", 1, 500, true, [], {}, ["check"]];

function sampleOf(parameter: Parameter<unknown>): unknown {
  for (const sample of [...(parameter.choices ?? []), ...SAMPLES]) {
    try {
      parameter.check(sample);
      return sample;
    } catch (thrown) {
      if (!(thrown instanceof InvalidArgument)) throw thrown;
    }
  }
  assert.fail(`no sample fits ${parameter.name}`);
}

/** What only looks, of HAProxy's commands. */
const LOOKS = /^(?:show |get |help$|dump |acme status|wait |debug counters(?: show|$)|trace$|expert-mode$)/;

for (const [name, method] of ROWS.filter(([, { effect }]) => effect === "read")) {
  Deno.test(`${name}() sends nothing that changes HAProxy`, async () => {
    const needed = method.parameters.filter((one) => !one.optional).map(sampleOf);
    const caller = new RecordingCaller({ "show cli level": "admin\n" }, "2.6");
    const newest = new RecordingCaller({ "show cli level": "admin\n" }, "3.4");
    for (const one of [caller, newest]) {
      // Only what is sent matters here; a made-up answer of one line feed is mostly none that can be read.
      const result = await call(one, name, ...needed).catch((thrown) =>
        assert.ok(!(thrown instanceof InvalidArgument))
      );
      if (method.kind === "follow") await Array.fromAsync(result as AsyncIterable<unknown>).catch(() => {});
    }
    assert.ok(newest.commands.length > 0, "something is sent");
    for (const command of [...caller.commands, ...newest.commands]) assert.match(command, LOOKS);
  });
}
