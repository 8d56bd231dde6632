import assert from "node:assert/strict";
import { parseFileDescriptors } from "../../../lib/client/formats/fd.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseFileDescriptors() reads every descriptor of every version", () => {
  for (const answer of captures("show_fd")) {
    const fds = parseFileDescriptors(answer);
    assert.equal(fds.length, answer.trimEnd().split("\n").length);
    const listener = fds.find(({ fields }) => fields["fe"] === "fe_http" && fields["l.st"] === "RDY");
    assert.equal(listener?.fields["fam"], "ipv4");
    assert.match(listener?.state_flags ?? "", /^[Cc][Ll] /);
  }
  assert.deepEqual(parseFileDescriptors("\n"), []);
});

testHostileAnswers("parseFileDescriptors", parseFileDescriptors, captures("show_fd"));
