import assert from "node:assert/strict";
import fc from "fast-check";
import { Cidr, InvalidIp, Ip } from "../../../lib/spop/codec/mod.ts";
import { anyIp } from "../arbitrary.ts";

const SAME: readonly (readonly [string, string])[] = [
  ["0.0.0.0", "0.0.0.0"],
  ["255.255.255.255", "255.255.255.255"],
  ["::", "::"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["1::", "1::"],
  ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
];

Deno.test("Ip.parse() reads every form and toString() writes the one of RFC 5952", () => {
  for (const [text, canonical] of SAME) assert.equal(String(Ip.parse(text)), canonical);
});

Deno.test("Ip.parse() refuses what is no address", () => {
  const wrong = ["", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "g::"];
  wrong.push("1:2:3:4:5:6:7:8:9", "::12345", "1.2.3.4::", "1:2:3:4:5:6:7:8::", "::1.2.3.4:5", " 1.2.3.4");
  for (const text of wrong) assert.throws(() => Ip.parse(text), InvalidIp, text);
});

Deno.test("an address survives being written as text and as bytes", () => {
  fc.assert(fc.property(anyIp, (ip) => {
    assert.ok(Ip.parse(String(ip)).equals(ip));
    assert.ok(Ip.read(ip.bytes, 0, ip.version).equals(ip));
    assert.equal(ip.toBigInt(), BigInt(`0x${ip.bytes.toHex()}`));
    assert.equal(JSON.stringify(ip), `"${ip}"`);
  }));
});

Deno.test("toNumber() is the 32 bits of IPv4, and NaN for IPv6", () => {
  assert.equal(Ip.parse("192.0.2.1").toNumber(), 0xc0000201);
  assert.equal(Ip.parse("::1").toNumber(), NaN);
});

Deno.test("isIn() compares exactly the bits of the prefix", () => {
  const bits = (ip: Ip) => ip.toBigInt().toString(2).padStart(ip.version === 4 ? 32 : 128, "0");
  fc.assert(fc.property(anyIp, anyIp, fc.nat(128), (ip, other, some) => {
    const prefix = Math.min(some, other.version === 4 ? 32 : 128);
    const expected = ip.version === other.version && bits(ip).slice(0, prefix) === bits(other).slice(0, prefix);
    assert.equal(ip.unmapped() === ip ? ip.isIn(new Cidr(other, prefix)) : expected, expected);
  }));
  fc.assert(fc.property(anyIp, fc.nat(32), (ip, prefix) => assert.ok(ip.isIn(new Cidr(ip, prefix)))));
});

Deno.test("isIn() takes an IPv4-mapped address for its IPv4 address", () => {
  const mapped = Ip.parse("::ffff:192.0.2.1");
  assert.equal(String(mapped.unmapped()), "192.0.2.1");
  assert.ok(mapped.isIn("192.0.2.0/24"));
  assert.ok(mapped.isIn("::/0"));
  assert.ok(!mapped.isIn("198.51.100.0/24"));
});

Deno.test("Cidr.parse() refuses a prefix that the address has no room for", () => {
  for (const text of ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8"]) {
    assert.throws(() => Cidr.parse(text), InvalidIp);
  }
  assert.equal(Cidr.parse("::1").prefix, 128);
});
