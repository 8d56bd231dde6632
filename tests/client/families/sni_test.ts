import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { UnsupportedCommand } from "../../../lib/client/errors.ts";
import { expiryOf } from "../../../lib/client/families/sni.ts";
import { certificate } from "../../peers/certificates.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";
import { call, RecordingCaller } from "./recording.ts";

testEachHaproxy(
  "getSni() tells which name is answered with which certificate, since 3.2",
  REALISTIC,
  async (haproxy) => {
    await using client = new Client(haproxy.socketPath);
    const reading = client.getSni({ frontend: "fe_web" });
    if (["2.6", "3.0"].includes(haproxy.build.version)) {
      await assert.rejects(reading, (thrown) => thrown instanceof UnsupportedCommand && thrown.since === "3.2");
      return;
    }
    const entries = await reading;
    assert.ok(entries.some((one) => one.sni === "happi.test" && one.filename === haproxy.file("site.pem")));
    assert.deepEqual(await client.getSni({ days: 0 }), []);
    assert.deepEqual(await client.getSni({ days: 90 }), []);
    // Its certificate ends in 2124: the farthest that HAProxy can look is too near.
    assert.deepEqual(await client.getSni({ days: 20_000 }), []);
  },
);

testEachHaproxy(
  "getCertificateExpiry() lists every certificate, the first to expire in front",
  REALISTIC,
  async (haproxy) => {
    await using client = new Client(haproxy.socketPath);
    const fresh = haproxy.file("a_fresh.pem");
    await client.addCertificate(fresh, certificate("ec"));
    await client.newCertificate(haproxy.file("empty.pem"));
    const expiry = await client.getCertificateExpiry();
    assert.deepEqual(expiry.map((one) => [one.filename, one.not_after, one.status]), [
      [fresh, "2120-01-01T00:00:00Z", "Unused"],
      [haproxy.file("site.pem"), "2124-01-01T00:00:00Z", "Used"],
    ]);
    assert.ok((expiry[0]?.days_left ?? 0) > 20_000);
    assert.deepEqual(await client.getCertificateExpiry({ days: 30 }), []);
  },
);

Deno.test("getCertificateExpiry() leaves out what has gone since the list was made", async () => {
  const caller = new RecordingCaller({
    "show ssl cert": "# filename\na.pem\nb.pem\n\n",
    "show ssl cert a.pem": new Error("Can't display the certificate: Not found or the certificate is a bundle!"),
    "show ssl cert b.pem": "Filename: b.pem\nStatus: Used\nnotAfter: Jan  1 00:00:00 2020 GMT\n\n",
  });
  const expiry = await call(caller, "getCertificateExpiry", { days: 0 });
  assert.ok(Array.isArray(expiry));
  assert.deepEqual(expiry.map((one) => one.filename), ["b.pem"]);
  assert.deepEqual(caller.commands, ["show ssl cert", "show ssl cert a.pem", "show ssl cert b.pem"]);
});

Deno.test("getCertificateExpiry() asks once more for what was locked when it asked for all", async () => {
  let isLocked = true;
  const caller = new RecordingCaller({
    "show ssl cert": "# filename\na.pem\n\n",
    "show ssl cert a.pem": () => {
      if (!isLocked) return "Filename: a.pem\nStatus: Used\nnotAfter: Jan  1 00:00:00 2020 GMT\n\n";
      isLocked = false;
      return new Error("Can't show!\nOperations on certificates are currently locked!");
    },
  });
  const expiry = await call(caller, "getCertificateExpiry", { days: 0 });
  assert.ok(Array.isArray(expiry));
  assert.deepEqual(expiry.map((one) => one.filename), ["a.pem"]);
});

Deno.test("getCertificateExpiry() fails when a certificate cannot be read", async () => {
  const caller = new RecordingCaller({
    "show ssl cert": "# filename\na.pem\n\n",
    "show ssl cert a.pem": new Error("the connection broke"),
  });
  await assert.rejects(() => call(caller, "getCertificateExpiry"), /the connection broke/);
});

Deno.test("expiryOf() counts whole days, below zero when it is over", () => {
  const now = Date.parse("2030-01-10T12:00:00Z");
  const ending = (not_after: string) => ({
    filename: not_after,
    is_transaction: false,
    status: "Used",
    options: {},
    others: [],
    not_after,
  });
  const ends = ["2030-01-12T11:59:59Z", "2030-01-09T12:00:00Z", "2030-01-10T12:00:00Z"].map(ending);
  assert.deepEqual(expiryOf(ends, now).map((one) => [one.not_after, one.days_left]), [
    ["2030-01-09T12:00:00Z", -1],
    ["2030-01-10T12:00:00Z", 0],
    ["2030-01-12T11:59:59Z", 1],
  ]);
});
