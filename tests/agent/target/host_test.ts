import assert from "node:assert/strict";
import { isLocalhost, parseHost } from "../../../lib/agent/target/host.ts";

/** One host, written in many ways. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  "127.0.0.1": [
    ["127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.0.0.1", "0X7f.1"],
    ["0177.0.0.1", "017700000001", "0177.1", "127.0.0.0x1", "１２７.０.０.１", "127。0。0。1", "127.0.0.1\u00ad"],
  ].flat(),
  "169.254.169.254": ["0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.43518"],
  "::1": ["::1", "[::1]", "0:0:0:0:0:0:0:1", "[0000::0001]", "::0.0.0.1"],
  "::ffff:a9fe:a9fe": ["::ffff:169.254.169.254", "[::FFFF:a9fe:a9fe]"],
  "api.example.com": ["api.example.com", "API.Example.COM", "api.example.com.", "ａｐｉ.example.com"],
  "xn--bcher-kva.example": ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "XN--BCHER-KVA.EXAMPLE"],
  "my_service": ["my_service", "My_Service."],
};

for (const [text, forms] of Object.entries(SAME)) {
  Deno.test(`parseHost() gives ${text} one form`, () => {
    for (const form of forms) assert.equal(parseHost(form)?.text, text, form);
  });
}

Deno.test("parseHost() refuses what is no host, or more than one", () => {
  const wrong = [
    [
      "",
      ".",
      "..",
      "a..b",
      ".a",
      "a b",
      "a\tb",
      "a\n",
      "a\r\nHost: b",
      "a\0",
      "a/b",
      "a?b",
      "a#b",
      "a\\b",
      "user@host",
    ],
    ["a:80", "[a]", "[::1", "::1]", "[[::1]]", "[::1]:80", "fe80::1%eth0", "[fe80::1%25eth0]", "127.0.0.1%2e", "%31"],
    ["1.2.3.4.5", "256.256.256.256", "08.0.0.1", "4294967296", "-a", "a-", "*.example.com", "a|b", "a<b"],
    ["x".repeat(254), "http://a"],
  ].flat();
  for (const text of wrong) assert.equal(parseHost(text), undefined, JSON.stringify(text));
});

Deno.test("isLocalhost() knows localhost and everything below it", () => {
  assert.deepEqual(["localhost", "a.localhost", "notlocalhost", "localhost.example"].map(isLocalhost), [
    true,
    true,
    false,
    false,
  ]);
});
