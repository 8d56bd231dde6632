import assert from "node:assert/strict";
import { parseAcmeStatus } from "../../../lib/client/formats/acme.ts";
import { capture, captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const HEADER = capture("3.4", "acme_status").trimEnd();
const ROWS =
  `${HEADER}\nsite.pem\tLE\tScheduled\t2026-12-01T00:00:00Z\t9d 0h00m00s\t2026-11-24T00:00:00Z\t2d 0h00m00s\n` +
  "new.pem\tLE\tRunning\t-\t-\t-\t-\t\n\n";

Deno.test("parseAcmeStatus() reads the empty tables of 3.2 and 3.4", () => {
  for (const answer of captures("acme_status", ["3.2", "3.4"])) assert.deepEqual(parseAcmeStatus(answer), []);
});

Deno.test("parseAcmeStatus() leaves out what there is not", () => {
  assert.deepEqual(parseAcmeStatus(ROWS), [
    {
      certificate: "site.pem",
      section: "LE",
      state: "Scheduled",
      expiration_date: "2026-12-01T00:00:00Z",
      expires_in: "9d 0h00m00s",
      scheduled_date: "2026-11-24T00:00:00Z",
      scheduled_in: "2d 0h00m00s",
    },
    { certificate: "new.pem", section: "LE", state: "Running" },
  ]);
});

testHostileAnswers("parseAcmeStatus", parseAcmeStatus, [ROWS]);
