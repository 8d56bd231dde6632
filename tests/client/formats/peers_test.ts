import assert from "node:assert/strict";
import { parsePeers } from "../../../lib/client/formats/peers.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parsePeers() reads the peers of every version", () => {
  for (const answer of captures("show_peers")) {
    const [section, ...others] = parsePeers(answer);
    assert.deepEqual(others, []);
    assert.equal(section?.id, "mesh");
    assert.equal(section?.fields["disabled"], "0");
    assert.deepEqual(section?.peers.map(({ id, location }) => [id, location]), [
      ["lb3", "remote"],
      ["lb2", "remote"],
      ["lb1", "local"],
    ]);
    assert.match(section?.peers[0]?.fields["addr"] ?? "", /^127\.0\.0\.1:\d+$/);
    assert.equal(section?.peers[0]?.fields["proto_err"], "0");
    assert.ok(section?.peers[0]?.lines.includes("        shared tables:"));
  }
});

testHostileAnswers("parsePeers", parsePeers, captures("show_peers"));
