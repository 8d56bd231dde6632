/** Where workers listen. */

import assert from "node:assert/strict";
import { addressOf, allAddresses } from "../../../lib/cli/spoa/addresses.ts";
import { formatAddress, parseAddress } from "../../../lib/net/mod.ts";

const LISTEN = ["127.0.0.1:3000", "[::1]:0", "/run/spoa.sock", "/run/spoa"].map(parseAddress);

Deno.test("addressOf() counts ports and names up, and leaves the first worker's and port 0 alone", () => {
  const of = (worker: number) => LISTEN.map((address) => formatAddress(addressOf(address, worker, "default")));
  assert.deepEqual(of(1), ["127.0.0.1:3000", "[::1]:0", "/run/spoa.sock", "/run/spoa"]);
  assert.deepEqual(of(3), ["127.0.0.1:3002", "[::1]:0", "/run/spoa.3.sock", "/run/spoa.3"]);
});

Deno.test("allAddresses() has each address once: shared ports of epoll are one", () => {
  const [tcp, , unix] = LISTEN;
  assert.ok(tcp && unix);
  assert.deepEqual(allAddresses([tcp, unix], 2, "epoll").map(formatAddress), [
    "127.0.0.1:3000",
    "/run/spoa.sock",
    "/run/spoa.2.sock",
  ]);
});
