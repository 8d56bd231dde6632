/** Log lines on their way to somebody who may have stopped to read them. */
import assert from "node:assert/strict";
import { getLogger, reset } from "@logtape/logtape";
import { configureLogs } from "../../lib/cli/logging.ts";
import { fakeEnvironment } from "./fake_environment.ts";

Deno.test("configureLogs() leaves lines out while nobody reads them, and tells how many", async () => {
  const written: string[] = [];
  const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
  const environment = fakeEnvironment(["server"]);
  const write = (text: string) => {
    written.push(text);
    return isRead;
  };
  await configureLogs({ ...environment, stderr: { ...environment.stderr, write } }, "INFO");
  try {
    const log = getLogger(["happi", "test"]);
    for (let line = 0; line < 10_000; line++) log.info("line {line}", { line });
    const kept = written.length;
    assert.ok(kept > 100 && kept < 10_000, `${kept} lines wait`);
    read();
    await isRead;
    await Promise.resolve();
    log.info("at last");
    log.info("and on");
    assert.equal(written.length, kept + 2);
    assert.match(
      written.at(-2) ?? "",
      new RegExp(`^happi: ${10_000 - kept} log lines are left out here: nobody read them\\n.*at last\\n$`),
    );
    assert.doesNotMatch(written.at(-1) ?? "", /left out/);
  } finally {
    await reset();
  }
});
