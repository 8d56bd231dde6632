import assert from "node:assert/strict";
import fc from "fast-check";
import { ageInSeconds } from "../../../lib/client/formats/age.ts";

Deno.test("ageInSeconds() reads what HAProxy writes for people", () => {
  const ages = [["0s", 0], ["59s", 59], ["1m0s", 60], ["1m", 60], ["2h5m", 7_500], ["3d4h", 273_600]] as const;
  for (const [text, seconds] of ages) assert.equal(ageInSeconds(text), seconds, text);
  for (const text of ["", "?", "5", "s", "1h2m3s", "-1s", "1.5s", "1w", " 1s"]) {
    assert.equal(ageInSeconds(text), undefined, text);
  }
});

Deno.test("ageInSeconds() gives a whole number or undefined, whatever the text", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const seconds = ageInSeconds(text);
    assert.ok(seconds === undefined || Number.isSafeInteger(seconds));
  }));
});
