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

/** As HAProxy 2.6, 3.0 and 3.2 wrote it of a stream that was about to be run. */
const WAITING =
  "0x7f21f344a400: proto=unix_stream src=unix:2 fe=GLOBAL be=<NONE> srv=<none> ts=404 epoch=0x152 age=0s " +
  "calls=2 rate=0 cpu=0 lat=0 rq[f=848001h,i=0,an=00h,ax=] rp[f=80048000h,i=0,an=00h,ax=] " +
  "scf=[9,60002h,fd=28,rex=,wex=] scb=[8,48003h,fd=-1,rex=,wex=] exp=29s rc=0 c_exp= run(nice=-64)";

Deno.test("parseSessions() reads a stream that waits to be run, with a request line behind that or without", () => {
  const [session, other] = parseSessions(`${WAITING}\n${WAITING} uri="GET /?a=run(x) HTTP/1.1"\n\n`);
  assert.deepEqual([session?.run, session?.rc, session?.c_exp], ["nice=-64", 0, null]);
  assert.deepEqual([other?.run, other?.uri], ["nice=-64", "GET /?a=run(x) HTTP/1.1"]);
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
