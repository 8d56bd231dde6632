import assert from "node:assert/strict";
import { parseCrtList, parseCrtLists } from "../../../lib/client/formats/crt_list.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseCrtLists() gives the names", () => {
  for (const answer of captures("show_ssl_crt-list")) {
    assert.deepEqual(parseCrtLists(answer), ["/run/haproxy/crt-list.txt"]);
  }
  assert.deepEqual(parseCrtLists("\n"), []);
});

Deno.test("parseCrtList() reads file, line, options without NUL, and filters", () => {
  for (const answer of captures("show_ssl_crt-list_-n_FILE")) {
    assert.ok(answer.includes("\0"));
    assert.deepEqual(parseCrtList(answer), {
      name: "/run/haproxy/crt-list.txt",
      entries: [
        {
          filename: "/etc/haproxy/ssl/site.pem",
          line: 1,
          filters: ["www.example.test", "*.api.example.test", "!not.api.example.test"],
        },
        {
          filename: "/etc/haproxy/ssl/ec.pem",
          line: 2,
          options: "alpn h2,http/1.1 verify none",
          filters: ["ec.example.test"],
        },
        { filename: "/etc/haproxy/ssl/other.pem", line: 3, filters: [] },
      ],
    });
  }
});

testHostileAnswers("parseCrtLists", parseCrtLists, captures("show_ssl_crt-list"));
testHostileAnswers("parseCrtList", parseCrtList, captures("show_ssl_crt-list_-n_FILE"));
