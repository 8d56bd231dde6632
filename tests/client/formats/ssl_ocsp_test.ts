import assert from "node:assert/strict";
import {
  parseOcspBase64,
  parseOcspResponse,
  parseOcspResponses,
  parseOcspUpdates,
} from "../../../lib/client/formats/ssl_ocsp.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { capture, captures, exchanges, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const talk = (command: string) =>
  VERSIONS.flatMap((version) => exchanges(version, "ssl-workflow")).filter((exchange) => exchange.command === command)
    .map(({ answer }) => answer);
const LIST = talk("show ssl ocsp-response");
const TEXT = talk("show ssl cert /etc/haproxy/ssl/site.pem.ocsp");

Deno.test("parseOcspResponses() reads the ids, with the path where the version gives one", () => {
  assert.equal(LIST.length, 4);
  const id =
    "304d300906052b0e03021a050004145dc37e07fa00ef753825426e62ba9296f43ac81f041499a7bdc503691b7b43adee8ff4cfd3e9cc909eab02145eaf7f7eae16c5c2df76205688aac7bd9642daf1";
  LIST.forEach((answer, index) =>
    assert.deepEqual(parseOcspResponses(answer), [{
      id,
      ...(index === 0 ? {} : { path: "/etc/haproxy/ssl/site.pem" }),
      issuer_name_hash: "5DC37E07FA00EF753825426E62BA9296F43AC81F",
      issuer_key_hash: "99A7BDC503691B7B43ADEE8FF4CFD3E9CC909EAB",
      serial_number: "5EAF7F7EAE16C5C2DF76205688AAC7BD9642DAF1",
    }])
  );
});

Deno.test("parseOcspResponse() reads status and dates, and keeps the text", () => {
  assert.equal(TEXT.length, 4);
  for (const answer of TEXT) {
    const { text, ...response } = parseOcspResponse(answer);
    assert.deepEqual(response, {
      response_status: "successful",
      cert_status: "good",
      produced_at: "2026-11-21T00:10:25Z",
      this_update: "2026-11-21T00:10:25Z",
      next_update: "2035-02-07T00:10:25Z",
    });
    assert.ok(answer.startsWith(text));
  }
});

Deno.test("parseOcspBase64() takes one line of base64 only", () => {
  assert.equal(parseOcspBase64("MIIF\n\n"), "MIIF");
  for (const text of ["", "MIIF\nMIIF", "MII", "MI F", "Certificate ID does not match any certificate."]) {
    assert.throws(() => parseOcspBase64(text), UnexpectedAnswer, text);
  }
});

const HEADER = capture("3.4", "show_ssl_ocsp-updates").trimEnd();
const UPDATES = `${HEADER}\n303b | /etc/a | b.pem | 30/Jan/2023:00:08:09 +0000 | - | 0 | 1 | 2 | HTTP error\n\n`;

Deno.test("parseOcspUpdates() reads the empty tables of 3.0 and later", () => {
  for (const answer of captures("show_ssl_ocsp-updates", ["3.0", "3.2", "3.4"])) {
    assert.deepEqual(parseOcspUpdates(answer), []);
  }
});

Deno.test("parseOcspUpdates() reads a row whose path holds the separator", () => {
  assert.deepEqual(parseOcspUpdates(UPDATES), [{
    certid: "303b",
    path: "/etc/a | b.pem",
    next_update: "2023-01-30T00:08:09Z",
    successes: 0,
    failures: 1,
    last_update_status: 2,
    last_update_status_text: "HTTP error",
  }]);
});

testHostileAnswers("parseOcspResponses", parseOcspResponses, LIST);
testHostileAnswers("parseOcspResponse", parseOcspResponse, TEXT);
testHostileAnswers("parseOcspBase64", parseOcspBase64, ["MIIFjAoBAKCC\n\n"]);
testHostileAnswers("parseOcspUpdates", parseOcspUpdates, [UPDATES]);
