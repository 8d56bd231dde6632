/** Certificates over HTTP. */
import assert from "node:assert/strict";
import { testCertificate } from "../../scripts/haproxy/realistic.ts";
import { testOnHaproxy } from "./on_haproxy.ts";

const PEM = "application/x-pem-file";

testOnHaproxy("a certificate is listed, read, and replaced from PEM, text and JSON", async (on) => {
  const { request, haproxy, file } = on;
  const { body } = await request("GET", "/certificates");
  assert.deepEqual(body.files, [`${haproxy.dir}/site.pem`]);
  const before = await request("GET", `/certificates/${file("site.pem")}`);
  assert.equal(before.status, 200);
  assert.doesNotMatch(JSON.stringify(before.body), /PRIVATE/);
  assert.deepEqual((await request("GET", "/certificates/site.pem")).body, before.body, "by the end of its path");
  for (const type of [PEM, "text/plain; charset=utf-8", "application/pem-certificate-chain"]) {
    const put = await request("PUT", "/certificates/site.pem", testCertificate(), { "content-type": type });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.doesNotMatch(JSON.stringify(put.body), /PRIVATE/);
  }
  assert.equal((await request("PUT", "/certificates/site.pem", { pem: testCertificate() })).status, 200);
});

testOnHaproxy("a certificate is added, once", async ({ request, haproxy }) => {
  const name = `${haproxy.dir}/new.pem`;
  const added = await request("POST", "/certificates", { file: name, pem: testCertificate() });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  assert.equal(added.headers.get("location"), `/api/v1/certificates/${encodeURIComponent(name)}`);
  assert.equal((await request("GET", "/certificates/new.pem")).status, 200);
  assert.equal((await request("POST", "/certificates", { file: name, pem: testCertificate() })).status, 409);
});

testOnHaproxy("a certificate that cannot be used is refused, and its key is not shown", async ({ request, file }) => {
  const path = `/certificates/${file("site.pem")}`;
  const secret = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n";
  const answers = [
    [400, await request("PUT", path, secret, { "content-type": PEM })],
    [400, await request("PUT", path, { key: secret })],
    [400, await request("PUT", path, `{"pem": "${secret}`, { "content-type": "application/json" })],
    [415, await request("PUT", path, secret, { "content-type": "application/octet-stream" })],
    [404, await request("PUT", "/certificates/nope.pem", testCertificate(), { "content-type": PEM })],
    [404, await request("GET", "/certificates/%2Fnope.pem")],
  ] as const;
  for (const [index, [status, answer]] of answers.entries()) {
    assert.equal(answer.status, status, `${index}: ${JSON.stringify(answer.body)}`);
    assert.doesNotMatch(JSON.stringify(answer.body), /SECRET/);
  }
});
