import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseServersConn } from "../../../lib/client/formats/servers_conn.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseServersConn() reads each column by its name, also those that 3.3 put in between", () => {
  for (const version of VERSIONS) {
    const answer = capture(version, "show_servers_conn");
    const servers = parseServersConn(answer);
    assert.equal(servers.length, answer.trimEnd().split("\n").length - 1);
    const web1 = servers.find(({ svname }) => svname === "web1");
    assert.deepEqual([web1?.bkname, web1?.bkid, web1?.svid, web1?.addr, web1?.port], [
      "be_web",
      7,
      1,
      "127.0.0.1",
      29100,
    ]);
    assert.equal(web1?.purge_delay, 5000);
    assert.equal(web1?.idle_lim, -1);
    assert.equal("served" in (web1 ?? {}), version === "3.4");
    for (const { idle_per_thr, idle_cur } of servers) {
      assert.equal(idle_per_thr.reduce((sum, count) => sum + count, 0), idle_cur);
    }
  }
});

Deno.test("parseServersConn() gives null for an address that is not known", () => {
  const server = parseServersConn(capture("3.4", "show_servers_conn")).find(({ svname }) => svname === "web7");
  assert.equal(server?.addr, null);
});

Deno.test("parseServersConn() gives no servers when there is only the header, of any version", () => {
  for (const version of ["2.8", "3.1", "3.3", "3.5"]) {
    const url = new URL(`../../captures/${version}/show_servers_conn_header.txt`, import.meta.url);
    assert.deepEqual(parseServersConn(Deno.readTextFileSync(url)), []);
  }
});

Deno.test("parseServersConn() refuses lines that do not fit the header", () => {
  const header = "# bkname/svname bkid/svid addr port - used_cur idle_per_thr[2]";
  for (
    const line of ["web/s 1/1 - 80 - 0 0", "web/s 1/1 - 80 - 0 0 0 0", "web 1/1 - 80 - 0 0 0", "web/s 1/1 - x - 0 0 0"]
  ) {
    assert.throws(() => parseServersConn(`${header}\n${line}\n`), UnexpectedAnswer, line);
  }
});

testHostileAnswers("parseServersConn", parseServersConn, captures("show_servers_conn"));
