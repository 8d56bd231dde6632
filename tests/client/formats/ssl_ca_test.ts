import assert from "node:assert/strict";
import { parseCaFile, parseCaFiles } from "../../../lib/client/formats/ssl_ca.ts";
import { captures, exchanges, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseCaFiles() lists names and numbers of certificates", () => {
  for (const answer of captures("show_ssl_ca-file")) {
    assert.deepEqual(parseCaFiles(answer).files, [
      { filename: "/etc/haproxy/ssl/ca.crt", certificates: 1 },
      { filename: "@system-ca", certificates: 144 },
    ]);
  }
  const open = "# transaction\n*new.pem - 2 certificate(s)\n# filename\nnew.pem - 0 certificate(s)\n\n";
  assert.deepEqual(parseCaFiles(open).transactions, [{ filename: "new.pem", certificates: 2 }]);
});

Deno.test("parseCaFile() reads the certificates of a file with their index", () => {
  for (const answer of captures("show_ssl_ca-file__etc_haproxy_ssl_ca.crt")) {
    const { certificates, ...file } = parseCaFile(answer);
    assert.deepEqual(file, { filename: "/etc/haproxy/ssl/ca.crt", is_transaction: false, status: "Used" });
    assert.equal(certificates.length, 1);
    assert.equal(certificates[0]?.index, 1);
    assert.equal(certificates[0]?.not_after, "2036-11-18T00:10:24Z");
    assert.deepEqual(certificates[0]?.subject_alternative_names, []);
  }
});

Deno.test("parseCaFile() reads a workflow's open transaction of two certificates", () => {
  const shown = VERSIONS.flatMap((version) => exchanges(version, "error-texts"))
    .filter(({ command }) => command === "show ssl ca-file *newca.pem").map(({ answer }) => parseCaFile(answer));
  assert.deepEqual(shown.map(({ is_transaction }) => is_transaction), [true, true, true, true]);
  assert.deepEqual(shown.map(({ status }) => status), ["Unused", "Unused", "Uncommitted", "Uncommitted"]);
  assert.deepEqual(shown.at(-1)?.certificates.map(({ index }) => index), [1, 2]);
});

testHostileAnswers("parseCaFiles", parseCaFiles, captures("show_ssl_ca-file"));
testHostileAnswers("parseCaFile", parseCaFile, captures("show_ssl_ca-file__etc_haproxy_ssl_ca.crt"));
