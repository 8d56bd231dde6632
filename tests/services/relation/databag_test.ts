/** What units say of themselves, in all the forms that charms and tools are known to send. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Databag, hostsOf } from "../../../lib/services/relation/databag.ts";
import type { Host } from "../../../lib/services/service.ts";

const HOST = { hostname: "10.0.0.1", port: 80 };

const CASES: readonly (readonly [what: string, databag: Databag, hosts: readonly Host[]])[] = [
  ["nothing", {}, []],
  ["no port: nothing to offer yet", { hostname: "10.0.0.1", "private-address": "10.0.0.1" }, []],
  ["a port alone", { port: "80" }, []],
  ["hostname and port", { hostname: "10.0.0.1", port: "80" }, [HOST]],
  ["a port as a number", { hostname: "10.0.0.1", port: 80 }, [HOST]],
  ["private-address in the place of a hostname", { "private-address": "10.0.0.1", port: "80" }, [
    { ...HOST, private_address: "10.0.0.1" },
  ]],
  ["an empty hostname", { hostname: "", "private-address": "10.0.0.2", port: "80" }, [
    { hostname: "10.0.0.2", port: 80, private_address: "10.0.0.2" },
  ]],
  ["kibana's host", { host: "10.0.0.1", port: "80" }, [HOST]],
  ["hostname before host", { hostname: "10.0.0.1", host: "10.0.0.2", port: "80" }, [HOST]],
  ["None for a hostname", { hostname: "None", host: "10.0.0.1", port: "80" }, [HOST]],
  ["None for an address", { hostname: "10.0.0.1", "private-address": "None", port: "80" }, [HOST]],
  ["None for a port", { hostname: "10.0.0.1", port: "None" }, []],
  ["None for all", { hostname: "None", "private-address": "None", port: "80" }, []],
  ["null and undefined of other languages", { hostname: "null", host: "undefined", port: "80" }, []],
  ["null of JSON", { hostname: null, host: "10.0.0.1", port: "80" }, [HOST]],
  ["texts in quotes once more", { hostname: '"10.0.0.1"', port: '"80"' }, [HOST]],
  ["an empty text in quotes", { hostname: '""', host: "10.0.0.1", port: "80" }, [HOST]],
  ["blanks around", { hostname: " 10.0.0.1 ", port: " 80\n" }, [HOST]],
  ["a name", { hostname: "web.example.com", port: "80" }, [{ hostname: "web.example.com", port: 80 }]],
  ["IPv6", { hostname: "2001:db8::1", port: "80" }, [{ hostname: "2001:db8::1", port: 80 }]],
  ["port 0", { hostname: "10.0.0.1", port: "0" }, []],
  ["port 65536", { hostname: "10.0.0.1", port: "65536" }, []],
  ["a port that is none", { hostname: "10.0.0.1", port: "80/tcp" }, []],
  ["a negative port", { hostname: "10.0.0.1", port: -1 }, []],
  ["a broken port", { hostname: "10.0.0.1", port: 80.5 }, []],
  ["a hostname that would end a line", { hostname: "10.0.0.1\nserver x", port: "80" }, []],
  ["a hostname that is none", { hostname: "10.0.0.1;show", host: "10.0.0.1", port: "80" }, [HOST]],
  ["a URL for a hostname", { hostname: "http://10.0.0.1/", host: "10.0.0.1", port: "80" }, [HOST]],
  ["keys of others", { ...HOST, "egress-subnets": "10.0.0.1/32", "ingress-address": "10.0.0.9", ssl_cert: "x" }, [
    HOST,
  ]],
  ["extended_data", { ...HOST, extended_data: '[{"hostname":"10.0.0.2","private-address":"10.1.0.2","port":"81"}]' }, [
    HOST,
    { hostname: "10.0.0.2", port: 81, private_address: "10.1.0.2" },
  ]],
  ["extended_data without a first place", { extended_data: '[{"hostname":"10.0.0.1","port":80}]' }, [HOST]],
  ["doubles in extended_data", { ...HOST, extended_data: '[{"hostname":"10.0.0.1","port":"80"}]' }, [HOST]],
  ["extended_data as a list", { ...HOST, extended_data: [{ hostname: "10.0.0.2", port: 80 }] }, [
    HOST,
    { hostname: "10.0.0.2", port: 80 },
  ]],
  ["an empty extended_data", { ...HOST, extended_data: "" }, [HOST]],
  ["None for extended_data", { ...HOST, extended_data: "None" }, [HOST]],
  ["extended_data that is no JSON", { ...HOST, extended_data: "[{" }, [HOST]],
  ["extended_data that is no list", { ...HOST, extended_data: '{"hostname":"10.0.0.2","port":80}' }, [HOST]],
  ["other things in extended_data", { ...HOST, extended_data: '[null,1,"x",[],{}]' }, [HOST]],
  ["sorted by name, address and port as a number", {
    hostname: "10.0.0.2",
    port: "80",
    extended_data: JSON.stringify([
      { hostname: "10.0.0.1", port: 443 },
      { hostname: "10.0.0.1", port: 80, "private-address": "10.1.0.1" },
      { hostname: "10.0.0.1", port: 80 },
    ]),
  }, [
    { hostname: "10.0.0.1", port: 80 },
    { hostname: "10.0.0.1", port: 443 },
    { hostname: "10.0.0.1", port: 80, private_address: "10.1.0.1" },
    { hostname: "10.0.0.2", port: 80 },
  ]],
];

for (const [what, databag, hosts] of CASES) {
  Deno.test(`hostsOf() understands ${what}`, () => assert.deepEqual(hostsOf(databag), hosts));
}

Deno.test("hostsOf() gives usable hosts or none for any databag, and the same whatever the order of keys", () => {
  const value = fc.oneof(
    fc.string(),
    fc.json(),
    fc.integer(),
    fc.constantFrom(null, "None", '"None"', "80", '"80"', "10.0.0.1", "::1", "a b", "", "\0"),
    fc.array(fc.dictionary(fc.constantFrom("hostname", "port", "private-address"), fc.anything())),
  );
  const key = fc.constantFrom("hostname", "host", "private-address", "port", "extended_data", "services");
  fc.assert(fc.property(fc.dictionary(key, value), (databag) => {
    const hosts = hostsOf(databag);
    for (const { hostname, port, private_address = "::" } of hosts) {
      assert.ok(Number.isInteger(port) && port >= 1 && port <= 65535);
      for (const address of [hostname, private_address]) {
        assert.match(address, /^[\w:.-]+$/);
        assert.doesNotMatch(address, /^(none|null|undefined)$/i);
      }
    }
    assert.deepEqual(hostsOf(Object.fromEntries(Object.entries(databag).reverse())), hosts);
    assert.equal(new Set(hosts.map((host) => JSON.stringify(host))).size, hosts.length);
  }));
});
