import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseAcls, parseMaps } from "../../../lib/client/formats/pattern_list.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseMaps() gives the maps of every version", () => {
  for (const answer of captures("show_map")) {
    const [hosts, dom] = parseMaps(answer);
    assert.deepEqual(hosts, {
      id: 6,
      file: "/run/haproxy/hosts.map",
      description:
        "pattern loaded from file '/run/haproxy/hosts.map' used by map at file '/run/haproxy/rich.cfg' line 97.",
      ...{ curr_ver: 0, next_ver: 0, entry_cnt: 3 },
    });
    assert.equal(dom?.file, "/run/haproxy/dom.map");
  }
});

Deno.test("parseAcls() gives null for the file of an ACL that is written in the configuration", () => {
  for (const answer of captures("show_acl")) {
    const acls = parseAcls(answer);
    assert.equal(acls.length, answer.trimEnd().split("\n").length - 1);
    assert.deepEqual([acls[0]?.file, acls[1]?.file], ["/run/haproxy/deny.acl", null]);
    assert.equal(acls[1]?.description, "acl 'src' file '/run/haproxy/rich.cfg' line 93.");
  }
});

Deno.test("parseMaps() reads lists without versions, and files with brackets and blanks", () => {
  const list = parseMaps("# id (file) description\n0 (/a (1).map) used by x\n1 () \n");
  assert.deepEqual(list, [
    { id: 0, file: "/a (1).map", description: "used by x" },
    { id: 1, file: null, description: "" },
  ]);
});

Deno.test("parseMaps() refuses versions that are not numbers", () => {
  const line = "0 (a) b curr_ver=x next_ver=0 entry_cnt=3";
  assert.throws(() => parseMaps(`# id (file) description\n${line}\n`), UnexpectedAnswer);
});

testHostileAnswers("parseMaps", parseMaps, captures("show_map"));
testHostileAnswers("parseAcls", parseAcls, captures("show_acl"));
