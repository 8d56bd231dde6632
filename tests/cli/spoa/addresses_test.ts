/** Where workers listen. */

import assert from "node:assert/strict";
import { addressOf, allAddresses, type Io } from "../../../lib/cli/spoa/addresses.ts";
import { formatAddress, parseAddress } from "../../../lib/net/mod.ts";

const LISTEN = ["127.0.0.1:3000", "[::1]:0", "/run/spoa.sock", "/run/spoa"].map(parseAddress);

Deno.test("addressOf() counts ports and names up, and leaves the first worker's and port 0 alone", () => {
  const of = (worker: number) => LISTEN.map((address) => formatAddress(addressOf(address, worker, "default", false)));
  assert.deepEqual(of(1), ["127.0.0.1:3000", "[::1]:0", "/run/spoa.sock", "/run/spoa"]);
  assert.deepEqual(of(3), ["127.0.0.1:3002", "[::1]:0", "/run/spoa.3.sock", "/run/spoa.3"]);
});

Deno.test("allAddresses() has each address once: a shared port is one, a unix socket is each worker's own", () => {
  const [tcp, , unix] = LISTEN;
  assert.ok(tcp && unix);
  const all = (io: Io, hasReusePort: boolean) => allAddresses([tcp, unix], 2, io, hasReusePort).map(formatAddress);
  const shared = ["127.0.0.1:3000", "/run/spoa.sock", "/run/spoa.2.sock"];
  assert.deepEqual(all("epoll", false), shared);
  assert.deepEqual(all("default", true), shared);
  assert.deepEqual(all("default", false), ["127.0.0.1:3000", "127.0.0.1:3001", "/run/spoa.sock", "/run/spoa.2.sock"]);
});
