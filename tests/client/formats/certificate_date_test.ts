import assert from "node:assert/strict";
import { parseCertificateDate, parseLogDate } from "../../../lib/client/formats/certificate_date.ts";

Deno.test("parseCertificateDate() pads the day as OpenSSL does", () => {
  assert.equal(parseCertificateDate("Feb  7 00:10:25 2035 GMT"), "2035-02-07T00:10:25Z");
  assert.equal(parseCertificateDate("Dec 31 23:59:59 2026 GMT"), "2026-12-31T23:59:59Z");
});

Deno.test("parseCertificateDate() gives undefined when there is no such day or the shape differs", () => {
  for (
    const text of [
      "",
      "Feb 30 00:00:00 2026 GMT",
      "Foo  1 00:00:00 2026 GMT",
      "Feb  7 25:00:00 2026 GMT",
      "Feb  7 00:10:25 2035",
    ]
  ) {
    assert.equal(parseCertificateDate(text), undefined, text);
  }
});

Deno.test("parseLogDate() counts the time zone in", () => {
  assert.equal(parseLogDate("30/Jan/2023:00:08:09 +0000"), "2023-01-30T00:08:09Z");
  assert.equal(parseLogDate("01/Jan/2023:00:08:09 +0530"), "2022-12-31T18:38:09Z");
  assert.equal(parseLogDate("31/Feb/2023:00:08:09 +0000"), undefined);
});
