import assert from "node:assert/strict";
import { parseCertificate, parseCertificates } from "../../../lib/client/formats/ssl_cert.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseCertificates() lists the certificates of every version", () => {
  for (const answer of captures("show_ssl_cert")) {
    assert.deepEqual(parseCertificates(answer), {
      transactions: [],
      files: ["/etc/haproxy/ssl/ec.pem", "/etc/haproxy/ssl/other.pem", "/etc/haproxy/ssl/site.pem"],
    });
  }
});

Deno.test("parseCertificates() keeps the open transaction apart", () => {
  const answer = "# transaction\n*/etc/site.pem\n# filename\n/etc/site.pem\n\n";
  assert.deepEqual(parseCertificates(answer), { transactions: ["/etc/site.pem"], files: ["/etc/site.pem"] });
});

Deno.test("parseCertificate() reads the details of every version", () => {
  const NEW: Record<string, object> = {
    "2.6": { options: {} },
    "3.0": { options: {} },
    "3.2": { options: {}, crt_filename: "/etc/haproxy/ssl/site.pem" },
    "3.4": { options: { "ocsp-update": "off", jwt: "off" }, crt_filename: "/etc/haproxy/ssl/site.pem" },
  };
  for (const version of VERSIONS) {
    assert.deepEqual(parseCertificate(capture(version, "show_ssl_cert__etc_haproxy_ssl_site.pem")), {
      filename: "/etc/haproxy/ssl/site.pem",
      is_transaction: false,
      status: "Used",
      serial: "5EAF7F7EAE16C5C2DF76205688AAC7BD9642DAF1",
      not_before: "2026-11-21T00:10:24Z",
      not_before_text: "Nov 21 00:10:24 2026 GMT",
      not_after: "2029-02-23T00:10:24Z",
      not_after_text: "Feb 23 00:10:24 2029 GMT",
      subject_alternative_names: ["DNS:www.example.test", "DNS:*.api.example.test"],
      algorithm: "RSA2048",
      key_type: "RSA",
      key_bits: 2048,
      sha1_fingerprint: "000EF8CE798161F85FC96036DA2687A04159B234",
      subject: "/C=FR/O=Example, Inc./CN=www.example.test",
      issuer: "/C=FR/O=Example Org/CN=Example Root CA",
      others: [],
      ...NEW[version],
    });
  }
});

Deno.test("parseCertificate() reads an empty store, a chain, and lines of a version to come", () => {
  assert.equal(parseCertificate("Filename: new1.pem\nStatus: Empty\nOCSP Response Key: \n\n").status, "Empty");
  const { chain, others, ocsp_response_key } = parseCertificate(
    "Filename: a\nStatus: Used\nChain Subject: /CN=B\nChain Issuer: /CN=C\nChain Subject: /CN=C\nChain Issuer: /CN=C\n" +
      "OCSP Response Key: 304d\nPost-Quantum: yes\n",
  );
  assert.deepEqual(chain, [{ subject: "/CN=B", issuer: "/CN=C" }, { subject: "/CN=C", issuer: "/CN=C" }]);
  assert.deepEqual(others, [{ key: "Post-Quantum", value: "yes" }]);
  assert.equal(ocsp_response_key, "304d");
});

testHostileAnswers("parseCertificates", parseCertificates, captures("show_ssl_cert"));
testHostileAnswers("parseCertificate", parseCertificate, captures("show_ssl_cert__etc_haproxy_ssl_site.pem"));
