import assert from "node:assert/strict";
import { canonicalAddress, lookUpAll, systemResolve } from "../../../lib/services/reconcile/addresses.ts";

Deno.test("canonicalAddress() writes an address as HAProxy does", () => {
  const pairs = [["0:0:0:0:0:0:0:1", "::1"], ["2001:DB8::0:5", "2001:db8::5"], ["::ffff:10.0.0.1", "::ffff:10.0.0.1"]];
  for (const [given = "", canonical] of [...pairs, ["10.0.0.1", "10.0.0.1"]]) {
    assert.equal(canonicalAddress(given), canonical);
  }
});

Deno.test("lookUpAll() looks each name up once, in a fixed order, and says why some have no address", async () => {
  const asked: string[] = [];
  const answers: Readonly<Record<string, string[]>> = {
    "a.test": ["::2", "10.0.0.2", "10.0.0.1", "::2"],
    "b.test": [],
  };
  const resolve = (name: string) => {
    asked.push(name);
    const found = answers[name];
    return found ? Promise.resolve(found) : Promise.reject(new Error("no such name"));
  };
  const { found, failed } = await lookUpAll(["a.test", "a.test", "10.9.9.9", "::1", "b.test", "c.test"], resolve);
  assert.deepEqual(asked.sort(), ["a.test", "b.test", "c.test"]);
  assert.deepEqual([...found], [["a.test", ["10.0.0.1", "10.0.0.2", "::2"]]]);
  assert.deepEqual(new Map(failed), new Map([["b.test", "it has no address"], ["c.test", "no such name"]]));
});

Deno.test("systemResolve() knows the names of this machine", async () => {
  const addresses = await systemResolve("localhost");
  assert.ok(addresses.some((address) => address === "127.0.0.1" || address === "::1"));
});

Deno.test("lookUpAll() waits for no name server that hangs", async () => {
  const waited: number[] = [];
  const pause = (ms: number, signal: AbortSignal) => {
    if (ms === 2_000) {
      waited.push(ms);
      return Promise.resolve();
    }
    return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  };
  const names = Array.from({ length: 40 }, (_, number) => `${number}.test`);
  const { found, failed } = await lookUpAll(names, () => new Promise(() => {}), undefined, pause);
  assert.deepEqual([found.size, waited.length], [0, 40]);
  assert.deepEqual(new Set(failed.values()), new Set(["no answer within 2000 ms"]));
});

Deno.test("lookUpAll() begins no more look-ups when those before have taken all its time", async () => {
  const asked: string[] = [];
  const names = Array.from({ length: 40 }, (_, number) => `${number}.test`);
  const resolve = (name: string) => {
    asked.push(name);
    return new Promise<string[]>(() => {});
  };
  const { failed } = await lookUpAll(names, resolve, undefined, () => Promise.resolve());
  assert.equal(failed.size, 40);
  assert.equal(asked.length, 16);
  assert.equal(failed.get("0.test"), "others take too long");
});
