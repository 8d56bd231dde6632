import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, embeddedIpv4, formatIp, parseIp, parseNetwork } from "../../../lib/agent/target/ip.ts";

Deno.test("parseIp() reads what formatIp() writes", () => {
  fc.assert(fc.property(fc.ipV4(), (text) => {
    const ip = parseIp(text);
    assert.ok(ip);
    assert.equal(formatIp(ip), text);
  }));
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
    assert.deepEqual(parseIp(formatIp({ family: 6, value })), { family: 6, value });
  }));
  fc.assert(fc.property(fc.ipV6(), (text) => {
    const ip = parseIp(text);
    assert.ok(ip, text);
    assert.deepEqual(parseIp(formatIp(ip)), ip);
  }));
});

for (
  const text of [
    ["", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4.", ".1.2.3.4", "1.2..4", "0x1.2.3.4", " 1.2.3.4"],
    ["1.2.3.4\n", ":", ":::", "1::2::3", "g::", "fe80::1%eth0", "[::1]", "::1/64", "1:2:3:4:5:6:7:8:9", "::1.2.3.400"],
  ].flat()
) {
  Deno.test(`parseIp() refuses ${JSON.stringify(text)}`, () => assert.equal(parseIp(text), undefined));
}

Deno.test("contains() compares as many bits as the network has", () => {
  const cases: readonly (readonly [network: string, ip: string, isIn: boolean])[] = [
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["172.16.0.0/12", "172.31.0.1", true],
    ["172.16.0.0/12", "172.32.0.1", false],
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["0.0.0.0/0", "::1", false],
    ["fc00::/7", "fdff::1", true],
    ["fc00::/7", "fe00::1", false],
    ["::/0", "10.0.0.1", false],
  ];
  for (const [network, ip, isIn] of cases) {
    const [net, address] = [parseNetwork(network), parseIp(ip)];
    assert.ok(net && address);
    assert.equal(contains(net, address), isIn, `${ip} in ${network}`);
  }
});

Deno.test("parseNetwork() refuses what is none", () => {
  for (const text of ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "/8", "10.0.0.0/-1", "ten/8"]) {
    assert.equal(parseNetwork(text), undefined, text);
  }
});

Deno.test("embeddedIpv4() finds the IPv4 address within each form", () => {
  const forms: readonly (readonly [string, string | undefined])[] = [
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::10.1.2.3", "10.1.2.3"],
    ["::ffff:0:10.1.2.3", "10.1.2.3"],
    ["64:ff9b::10.1.2.3", "10.1.2.3"],
    ["2002:0a01:0203::", "10.1.2.3"],
    ["2002:0a01:0203:ffff::1", "10.1.2.3"],
    ["::1", undefined],
    ["::", undefined],
    ["fd00::10.1.2.3", undefined],
    ["10.1.2.3", undefined],
  ];
  for (const [text, expected] of forms) {
    const ip = parseIp(text);
    assert.ok(ip, text);
    const inner = embeddedIpv4(ip);
    assert.equal(inner && formatIp(inner), expected, text);
  }
});
