/** Pictures of services, made up by fast-check: few names, so that sources often speak of the same. */

import fc from "fast-check";
import type { Host, Picture, Unit } from "../../lib/services/mod.ts";

/** A host, now and then with a private address. */
export const host: fc.Arbitrary<Host> = fc.record({
  hostname: fc.constantFrom("10.0.0.1", "10.0.0.2", "web.test"),
  port: fc.constantFrom(80, 443, 9, 10),
  private_address: fc.constantFrom("10.1.0.1", "10.1.0.2"),
}, { requiredKeys: ["hostname", "port"] });

/** A unit, as a source may tell it: hosts in any order, doubles too. */
export const unit: fc.Arbitrary<Unit> = fc.record({
  unit: fc.constantFrom("web/0", "web/1", "web/10"),
  hosts: fc.array(host, { maxLength: 4 }),
  weight: fc.integer({ min: 0, max: 256 }),
  maxconn: fc.integer({ min: 0, max: 3 }),
  state: fc.constantFrom("ready" as const, "drain" as const),
  meta: fc.dictionary(fc.constantFrom("a", "b", "__proto__"), fc.constantFrom("1", "2")),
}, { requiredKeys: ["unit", "hosts"] });

/** All that a source knows. */
export const picture: fc.Arbitrary<Picture> = fc.array(
  fc.tuple(fc.constantFrom("web", "api", "db"), fc.array(unit, { maxLength: 4 })),
  { maxLength: 3 },
).map((entries) => new Map(entries));
