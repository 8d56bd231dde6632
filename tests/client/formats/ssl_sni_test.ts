import assert from "node:assert/strict";
import { parseSni } from "../../../lib/client/formats/ssl_sni.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseSni() reads every server name of 3.2 and 3.4", () => {
  for (const answer of captures("show_ssl_sni", ["3.2", "3.4"])) {
    const entries = parseSni(answer);
    assert.equal(entries.length, 9);
    assert.deepEqual(entries[4], {
      frontend: "fe_http",
      bind: "/run/haproxy/rich.cfg:84",
      sni: "*",
      negative_filters: ["!not.api.example.test"],
      type: "rsa",
      filename: "/etc/haproxy/ssl/site.pem",
      not_after: "2029-02-23T00:10:24Z",
      not_after_text: "Feb 23 00:10:24 2029 GMT",
      not_before: "2026-11-21T00:10:24Z",
      not_before_text: "Nov 21 00:10:24 2026 GMT",
    });
    assert.deepEqual(entries[1]?.negative_filters, []);
    assert.equal(entries[1]?.type, "ecdsa");
  }
});

testHostileAnswers("parseSni", parseSni, captures("show_ssl_sni", ["3.2", "3.4"]));
