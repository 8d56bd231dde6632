import assert from "node:assert/strict";
import { parseCrlFile, parseCrlFiles } from "../../../lib/client/formats/ssl_crl.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseCrlFiles() lists the files", () => {
  for (const answer of captures("show_ssl_crl-file")) {
    assert.deepEqual(parseCrlFiles(answer), { transactions: [], files: ["/etc/haproxy/ssl/crl.pem"] });
  }
});

Deno.test("parseCrlFile() reads dates and issuer of each list", () => {
  for (const answer of captures("show_ssl_crl-file__etc_haproxy_ssl_crl.pem")) {
    const { lists } = parseCrlFile(answer);
    assert.deepEqual(lists.map(({ lines: _, ...list }) => list), [{
      index: 1,
      version: 2,
      signature_algorithm: "sha256WithRSAEncryption",
      issuer: "/C=FR/O=Example Org/CN=Example Root CA",
      last_update: "2026-11-21T00:10:25Z",
      next_update: "2035-02-07T00:10:25Z",
      revoked: [],
    }]);
    assert.equal(lists[0]?.lines.at(-1), "No Revoked Certificates.");
  }
});

Deno.test("parseCrlFile() reads revoked certificates", () => {
  const answer =
    "Filename: crl.pem\nStatus: Used\n \nCertificate Revocation List #1:\nVersion 2\nRevoked Certificates:\n" +
    "    Serial Number: 1000\n        Revocation Date: Nov 21 00:10:25 2026 GMT\n    Serial Number: 1001\n";
  assert.deepEqual(parseCrlFile(answer).lists[0]?.revoked, [
    { serial_number: "1000", revocation_date: "2026-11-21T00:10:25Z" },
    { serial_number: "1001" },
  ]);
});

testHostileAnswers("parseCrlFiles", parseCrlFiles, captures("show_ssl_crl-file"));
testHostileAnswers("parseCrlFile", parseCrlFile, captures("show_ssl_crl-file__etc_haproxy_ssl_crl.pem"));
