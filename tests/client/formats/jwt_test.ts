import assert from "node:assert/strict";
import { parseJwtCertificates } from "../../../lib/client/formats/jwt.ts";
import { capture } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseJwtCertificates() gives the names", () => {
  assert.deepEqual(parseJwtCertificates(capture("3.4", "show_ssl_jwt")), []);
  assert.deepEqual(parseJwtCertificates("# filename\n/etc/ec.pem\n/etc/site.pem\n\n"), [
    "/etc/ec.pem",
    "/etc/site.pem",
  ]);
});

testHostileAnswers("parseJwtCertificates", parseJwtCertificates, ["# filename\n/etc/ec.pem\n\n"]);
