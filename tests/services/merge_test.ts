import assert from "node:assert/strict";
import fc from "fast-check";
import { mergePictures, sortHosts } from "../../lib/services/merge.ts";
import type { Picture, Unit } from "../../lib/services/mod.ts";
import { host, picture } from "./pictures.ts";

const shuffled = <T>(all: readonly T[]) => fc.shuffledSubarray([...all], { minLength: all.length });

/** The same pictures with everything in another order. */
function reordered(pictures: readonly Picture[]): fc.Arbitrary<Picture[]> {
  const unitsOf = (one: Picture) => [...one].map(([service, units]) => fc.tuple(fc.constant(service), shuffled(units)));
  const each = pictures.map((one) =>
    fc.tuple(...unitsOf(one)).chain(shuffled).map((entries): Picture => new Map(entries))
  );
  return fc.tuple(...each).chain(shuffled);
}

Deno.test("mergePictures() gives the same whichever source spoke first and in which order it names its units", () => {
  const both = fc.array(picture, { maxLength: 4 }).chain((all) => fc.tuple(fc.constant(all), reordered(all)));
  fc.assert(fc.property(both, ([pictures, others]) => {
    assert.equal(JSON.stringify(mergePictures(pictures)), JSON.stringify(mergePictures(others)));
  }));
});

Deno.test("mergePictures() gives what it gave when it is told that again", () => {
  fc.assert(fc.property(fc.array(picture, { maxLength: 3 }), (pictures) => {
    const merged = mergePictures(pictures);
    const again: Picture = new Map(merged.map(({ service, units }) => [service, units]));
    assert.deepEqual(mergePictures([again, ...pictures]), merged);
  }));
});

Deno.test("mergePictures() knows every host that a source told, and no other", () => {
  fc.assert(fc.property(fc.array(picture, { maxLength: 3 }), (pictures) => {
    const told = pictures.flatMap((one) =>
      [...one].flatMap(([service, units]) =>
        units.flatMap((unit) =>
          unit.hosts.map((each) => `${service} ${unit.unit} ${JSON.stringify(sortHosts([each]))}`)
        )
      )
    );
    const known = mergePictures(pictures).flatMap(({ service, units }) =>
      units.flatMap(({ unit, hosts }) => hosts.map((each) => `${service} ${unit} ${JSON.stringify(sortHosts([each]))}`))
    );
    // Hosts are written with the fields in the order in which they were told.
    const normal = (texts: readonly string[]) => [...new Set(texts.map((text) => [...text].sort().join("")))].sort();
    assert.deepEqual(normal(known), normal(told));
  }));
});

/** One unit as two sources tell it. */
function merged(...tellings: Omit<Unit, "unit">[]): Unit | undefined {
  return mergePictures(tellings.map((one) => new Map([["web", [{ unit: "web/0", ...one }]]])))[0]?.units[0];
}

const hosts = [{ hostname: "a", port: 1 }];

Deno.test("mergePictures() takes the most cautious of what sources say of a unit", () => {
  const found = merged(
    { hosts, weight: 10, maxconn: 0, state: "ready", meta: { zone: "b", a: "1" } },
    { hosts: [], weight: 5, maxconn: 100, state: "drain", meta: { zone: "a" } },
  );
  assert.deepEqual(found, {
    ...{ unit: "web/0", hosts, weight: 5, maxconn: 100, state: "drain" },
    meta: { a: "1", zone: "a" },
  });
});

Deno.test("mergePictures() leaves a maxconn of 0, which is none, where nobody says another", () => {
  assert.equal(merged({ hosts, maxconn: 0 }, { hosts })?.maxconn, 0);
});

Deno.test("mergePictures() leaves out units without hosts, and services without units", () => {
  const empty: Picture = new Map([["web", [{ unit: "web/0", hosts: [] }]], ["api", []]]);
  assert.deepEqual(mergePictures([empty]), []);
});

Deno.test("sortHosts() sorts by name, private address and port as a number, without doubles", () => {
  fc.assert(fc.property(fc.array(host), (all) => {
    const sorted = sortHosts(all);
    assert.deepEqual(sortHosts([...sorted, ...all]), sorted);
    for (const [index, { hostname, private_address = "", port }] of sorted.entries()) {
      const next = sorted[index + 1];
      if (next?.hostname !== hostname || (next.private_address ?? "") !== private_address) continue;
      assert.ok(port < next.port);
    }
  }));
});
