import assert from "node:assert/strict";
import { parseDevInfo } from "../../../lib/client/formats/dev.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseDevInfo() reads sections and features of 3.0 and later", () => {
  for (const answer of captures("show_dev", ["3.0", "3.2", "3.4"])) {
    const { version, features, sections } = parseDevInfo(answer);
    assert.match(version, /^3\.[024]\./);
    assert.deepEqual([features["EPOLL"], features["KQUEUE"]], [true, false]);
    const titles = sections.map(({ title }) => title);
    assert.deepEqual(titles.slice(0, 4), ["Features", "Build options", "Platform info", "Process info"]);
    assert.ok(sections[2]?.lines.includes("OS name: Linux"));
  }
});

testHostileAnswers("parseDevInfo", parseDevInfo, captures("show_dev", ["3.0", "3.2", "3.4"]));
