/** The soak itself, for ten seconds: too short to see memory grow, long enough to see that it works. */

import assert from "node:assert/strict";
import { grown } from "../../../scripts/soak/flatness.ts";
import { soak } from "../../../scripts/soak/soak.ts";

const SECONDS = 10;

Deno.test(`soak() sees ${SECONDS} seconds of right and mutated traffic through, with each io`, async () => {
  await Promise.all(["default", "epoll"].map(async (io) => {
    const lines: string[] = [];
    const soaked = await soak({ io, seconds: SECONDS, everySeconds: 0.5, tell: (line) => lines.push(line) });
    assert.deepEqual(soaked.missing, []);
    assert.equal(lines.length, soaked.samples.length);
    assert.match(
      lines.at(-1) ?? "",
      /^(default|epoll) +10 s {2}RSS [\d.]+ MiB {2}fds \d+ {2}messages [\d,]+ .* missing 0 {2}p99 [\d.]+ ms$/,
    );
    assert.ok(soaked.answered >= 500, `${soaked.answered} messages`);
    assert.ok(
      soaked.mutated >= 100 && soaked.disconnects >= 50,
      `${soaked.mutated} mutated, ${soaked.disconnects} cut off`,
    );
    assert.ok(soaked.samples.every((sample) => sample.memoryMib > 20 && sample.memoryMib < 500));
    assert.deepEqual(grown(soaked.samples).filter((line) => line.includes("file descriptors")), []);
  }));
});
