import assert from "node:assert/strict";
import { Cidr, Ip } from "../../../lib/spop/codec/mod.ts";
import { createGeoip } from "../../../lib/spop/policies/geoip.ts";
import { InvalidPolicy } from "../../../lib/spop/policies/policy.ts";
import { type MmdbValue, Sized, writeMmdb } from "./mmdb/write_mmdb.ts";
import { decide, defaultsOf } from "./verdict.ts";
import { Waking } from "./waking.ts";

const CITY = {
  continent: { code: "EU" },
  country: { iso_code: "CH", names: { en: "Switzerland", de: "Schweiz" } },
  registered_country: { iso_code: "CH" },
  subdivisions: [{ iso_code: "ZH" }],
  city: { names: { en: "Zurich", de: "Zürich" } },
  location: { latitude: 47.37, accuracy_radius: new Sized("uint16", 20) },
};
const AS = { autonomous_system_number: new Sized("uint32", 64496), autonomous_system_organization: "Example" };

/** A folder with databases, each a file of that name. */
async function databases(files: Record<string, Record<string, MmdbValue>>) {
  const folder = await Deno.makeTempDir();
  const write = async (file: string, records: Record<string, MmdbValue>) => {
    const rows = Object.entries(records).map(([cidr, value]) => [Cidr.parse(cidr), value] as const);
    await Deno.writeFile(`${folder}/${file}.new`, writeMmdb(rows, { recordSize: 28, ipVersion: 6 }));
    await Deno.rename(`${folder}/${file}.new`, `${folder}/${file}`);
  };
  for (const [file, records] of Object.entries(files)) await write(file, records);
  return { folder, write, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("createGeoip() sets country, city and network from two databases", async () => {
  await using files = await databases({ city: { "192.0.2.0/24": CITY }, as: { "192.0.0.0/8": AS } });
  await using policy = await createGeoip({ databases: [`${files.folder}/city`, `${files.folder}/as`] });
  const expected = {
    "session.geo_continent": "EU",
    "session.geo_country": "CH",
    "session.geo_country_name": "Switzerland",
    "session.geo_registered_country": "CH",
    "session.geo_region": "ZH",
    "session.geo_city": "Zurich",
    "session.geo_asn": 64496,
    "session.geo_as_name": "Example",
  };
  const nothing = Object.fromEntries(Object.keys(expected).map((name) => [name, null]));
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await decide(policy, { ip: Ip.parse("::ffff:192.0.2.1") }), expected);
    assert.deepEqual(await decide(policy, { ip: Ip.parse("192.0.3.1") }), {
      ...nothing,
      "session.geo_asn": 64496,
      "session.geo_as_name": "Example",
    });
  }
  assert.deepEqual(await decide(policy, { ip: Ip.parse("2001:db8::") }), nothing);
  assert.deepEqual(await decide(policy, { ip: "nobody" }), nothing);
  assert.deepEqual(defaultsOf(policy), nothing);
  assert.deepEqual(policy.sets.find((one) => one.name === "geo_asn")?.type, "integer");
  assert.equal(policy.stats?.()["found"], 4);
});

Deno.test("createGeoip() sets the variables that it is told, in the language that it is told", async () => {
  await using files = await databases({ city: { "192.0.2.0/24": CITY } });
  await using policy = await createGeoip({
    databases: [`${files.folder}/city`],
    variables: {
      stadt: "city.names.LANGUAGE",
      lat: "location.latitude",
      radius: "location.accuracy_radius",
      map: "location",
    },
    language: "de",
    prefix: "g",
    scope: "request",
  });
  assert.deepEqual(await decide(policy, { ip: "192.0.2.1" }), {
    "request.g_stadt": "Zürich",
    "request.g_lat": "47.37",
    "request.g_radius": 20,
    "request.g_map": null,
  });
});

Deno.test("createGeoip() follows a file that changes, and keeps the database when it goes bad", async () => {
  await using files = await databases({ city: { "192.0.2.0/24": { country: { iso_code: "CH" } } } });
  const waking = new Waking();
  await using policy = await createGeoip({
    databases: [`${files.folder}/city`],
    variables: { country: "country.iso_code" },
    outside: waking.outside,
  });
  const country = async () => (await decide(policy, { ip: "192.0.2.1" }))["session.geo_country"];
  assert.equal(await country(), "CH");
  await files.write("city", { "192.0.2.0/24": { country: { iso_code: "DE" }, city: "new" } });
  await waking.wake();
  assert.equal(await country(), "DE");
  await Deno.writeTextFile(`${files.folder}/city`, "no database");
  await waking.wake();
  assert.equal(await country(), "DE");
  assert.match(String(policy.stats?.()[`database.${files.folder}/city.error`]), /it has no metadata/);
  await assert.rejects(Promise.resolve(policy.reload?.()), /it has no metadata/);
  await files.write("city", {});
  await policy.reload?.();
  assert.equal(await country(), null);
});

Deno.test("createGeoip() refuses options that make no sense, and files that are no databases", async () => {
  const wrong: [string, RegExp][] = [
    ["{}", /option "databases" is missing/],
    ['{"databases": []}', /option "databases" is missing/],
    ['{"databases": [1]}', /a database is "1" and must be a path or a URL/],
    ['{"databases": ["/x"], "variables": {"a b": "c"}}', /variable "a b" must be/],
    ['{"databases": ["/x"], "variables": {"a": 1}}', /variable "a" must be/],
    ['{"databases": ["/no/such"]}', /Cannot read "\/no\/such": there is no such file/],
  ];
  for (const [options, why] of wrong) {
    await assert.rejects(createGeoip(JSON.parse(options)), (thrown) => {
      assert.ok(thrown instanceof InvalidPolicy);
      assert.match(thrown.message, why);
      return true;
    });
  }
});
