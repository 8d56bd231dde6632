import assert from "node:assert/strict";
import fc from "fast-check";
import { type Address, formatAddress, InvalidAddress, isLoopback, parseAddress } from "../../lib/net/mod.ts";

const READ: Readonly<Record<string, Address>> = {
  "/run/haproxy/admin.sock": { transport: "unix", path: "/run/haproxy/admin.sock" },
  "./admin.sock": { transport: "unix", path: "./admin.sock" },
  "unix:admin.sock": { transport: "unix", path: "admin.sock" },
  "unix:///run/a.sock": { transport: "unix", path: "/run/a.sock" },
  "unix:/run/a.sock": { transport: "unix", path: "/run/a.sock" },
  "unix@/run/a.sock": { transport: "unix", path: "/run/a.sock" },
  "/run/with a space:9999": { transport: "unix", path: "/run/with a space:9999" },
  "127.0.0.1:9999": { transport: "tcp", hostname: "127.0.0.1", port: 9999 },
  "localhost:0": { transport: "tcp", hostname: "localhost", port: 0 },
  "lb-1.example_net.test:65535": { transport: "tcp", hostname: "lb-1.example_net.test", port: 65535 },
  "tcp://lb1:9999": { transport: "tcp", hostname: "lb1", port: 9999 },
  "[::1]:9999": { transport: "tcp", hostname: "::1", port: 9999 },
  "tcp://[2001:db8::7]:1": { transport: "tcp", hostname: "2001:db8::7", port: 1 },
  "[fe80::1%eth0]:80": { transport: "tcp", hostname: "fe80::1%eth0", port: 80 },
};

for (const [text, address] of Object.entries(READ)) {
  Deno.test(`parseAddress() reads "${text}"`, () => assert.deepEqual(parseAddress(text), address));
}

const REFUSED: Readonly<Record<string, RegExp>> = {
  "": /it is empty/,
  "admin.sock": /no path and no host with a port/,
  "9999": /no path and no host with a port/,
  ":9999": /no path and no host with a port/,
  "host:": /no path and no host with a port/,
  "host:http": /no path and no host with a port/,
  "host:99999": /port 99999 is larger than 65535/,
  "::1:9999": /no path and no host with a port/,
  "[::zz]:9999": /"::zz" is no host/,
  "[1.2.3.4]:9999": /"1.2.3.4" is no host/,
  "ipv4@127.0.0.1:9999": /"ipv4@127.0.0.1" is no host/,
  "a b:9999": /"a b" is no host/,
  "tcp:///run/a.sock": /no path and no host with a port/,
  "http://host:80": /only unix: and tcp:\/\/ are known/,
  "unix:": /the path is empty/,
  "unix://": /the path is empty/,
  "/run/a\0b": /NUL/,
  "/run/\ud800": /surrogate/,
  [`/${"x".repeat(107)}`]: /the path has 108 bytes and a unix socket's may have 107/,
  [`/${"é".repeat(54)}`]: /the path has 109 bytes/,
};

for (const [text, why] of Object.entries(REFUSED)) {
  Deno.test(`parseAddress() refuses ${JSON.stringify(text.slice(0, 30))} and says why`, () => {
    assert.throws(() => parseAddress(text), (thrown) => thrown instanceof InvalidAddress && why.test(thrown.message));
  });
}

Deno.test("parseAddress() throws nothing but InvalidAddress, whatever it is given", () => {
  const nearly = fc.array(
    fc.constantFrom("unix", "tcp", ":", "@", "/", "//", "[", "]", "::", "1", "%", "a", "\0", " "),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), nearly.map((parts) => parts.join(""))), (text) => {
      try {
        const address = parseAddress(text);
        if (address.transport === "tcp") assert.ok(address.port >= 0 && address.port <= 65535);
        else assert.ok(address.path !== "");
      } catch (thrown) {
        assert.ok(thrown instanceof InvalidAddress, String(thrown));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("formatAddress() writes what parseAddress() reads back", () => {
  const unix = fc.record({
    transport: fc.constant("unix" as const),
    path: fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((path) => !path.includes("\0")),
      fc.constantFrom("unix:/a", "unix@x", "tcp://a:1", "a", "/a", "./a", "x://y"),
    ).filter((path) => !path.startsWith("//")),
  }, { noNullPrototype: true });
  const tcp = fc.record({
    transport: fc.constant("tcp" as const),
    hostname: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
    port: fc.integer({ min: 0, max: 65535 }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(fc.oneof(unix, tcp), (address) => {
    assert.deepEqual(parseAddress(formatAddress(address)), address);
  }));
});

Deno.test("formatAddress() keeps a path that starts with two slashes", () => {
  assert.deepEqual(parseAddress(formatAddress({ transport: "unix", path: "//run/a" })), {
    transport: "unix",
    path: "//run/a",
  });
});

const LOOPBACK: Readonly<Record<string, boolean>> = {
  "/run/a.sock": true,
  "127.0.0.1:1": true,
  "127.255.0.9:1": true,
  "localhost:1": true,
  "LocalHost:1": true,
  "[::1]:1": true,
  "0.0.0.0:1": false,
  "[::]:1": false,
  "10.0.0.1:1": false,
  "127.0.0.1.example.net:1": false,
  "localhost.example.net:1": false,
};

for (const [text, expected] of Object.entries(LOOPBACK)) {
  Deno.test(`isLoopback() is ${expected} for ${text}`, () => assert.equal(isLoopback(parseAddress(text)), expected));
}
