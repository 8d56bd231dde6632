import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseSession, parseSessions } from "../../../lib/client/formats/sessions.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseSessions() gives every stream of every version", () => {
  for (const answer of captures("show_sess")) {
    const sessions = parseSessions(answer);
    assert.equal(sessions.length, answer.trimEnd().split("\n").length);
    const busy = sessions.find(({ fe }) => fe === "fe_http");
    assert.deepEqual([busy?.proto, busy?.be, busy?.srv, busy?.age, busy?.calls], ["tcpv4", "be_web", "web1", "1s", 2]);
    assert.match(String(busy?.rq), /^f=[0-9a-f]+h,i=0,/);
    assert.equal(busy?.c_exp, null);
    const cli = sessions.find(({ fe }) => fe === "GLOBAL");
    assert.deepEqual([cli?.be, cli?.srv], [null, null]);
  }
});

Deno.test("parseSessions() has no client for a stream that HAProxy opened itself", () => {
  const own = parseSessions(capture("2.6", "show_sess")).find(({ proto }) => proto === "?");
  assert.ok(own !== undefined && !("src" in own) && !("fe" in own));
});

Deno.test("parseSessions() gives the request line when asked for, whatever is in it", () => {
  for (const answer of captures("show_sess_show-uri", ["3.2", "3.4"])) {
    assert.ok(parseSessions(answer).some(({ uri }) => uri === "GET /slow?s=12 HTTP/1.1"));
  }
  const [session] = parseSessions('0x1: proto=tcpv4 age=1s uri="GET /?a=" uri="b[] HTTP/1.1"\n');
  assert.equal(session?.uri, 'GET /?a=" uri="b[] HTTP/1.1');
});

Deno.test("parseSessions() gives no streams when a filter kept none", () => {
  assert.deepEqual(parseSessions("\n"), []);
});

Deno.test("parseSessions() refuses the help text", () => {
  for (const answer of captures("show_sess_help", ["3.2", "3.4"])) {
    assert.throws(() => parseSessions(answer), UnexpectedAnswer);
  }
});

Deno.test("parseSession() splits the long form into the streams of the short form", () => {
  for (const version of VERSIONS) {
    const answer = capture(version, "show_sess_all");
    const sessions = parseSession(answer);
    assert.equal(sessions.flatMap(({ lines }) => lines).join("\n"), answer.trimEnd());
    const busy = sessions.find(({ frontend }) => frontend === "fe_http");
    assert.deepEqual([busy?.listener, busy?.backend, busy?.server, busy?.proto], ["plain", "be_web", "web1", "tcpv4"]);
    assert.match(String(busy?.source), /^127\.0\.0\.1:\d+$/);
    assert.match(String(busy?.date), /^21\/Nov\/2026:00:20:\d\d\.\d{6}$/);
    const cli = sessions.find(({ frontend }) => frontend === "GLOBAL");
    assert.deepEqual([cli?.listener, cli?.backend, cli?.server], [null, null, null]);
  }
});

Deno.test("parseSession() refuses text that is not of a stream", () => {
  for (const answer of ["Session not found.\n\n", "  indented\n", "0x1: proto=tcpv4 age=1s\n"]) {
    assert.throws(() => parseSession(answer), UnexpectedAnswer, answer);
  }
});

testHostileAnswers("parseSessions", parseSessions, [...captures("show_sess_show-uri"), ...captures("show_sess")]);
testHostileAnswers("parseSession", parseSession, captures("show_sess_all"));
