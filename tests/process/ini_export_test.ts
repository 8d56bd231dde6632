/** Definitions in the words of gafferd's configuration. */

import assert from "node:assert/strict";
import { toIni } from "../../lib/process/ini_export.ts";
import { splitWords } from "../../lib/process/words.ts";

Deno.test("toIni() writes what gafferd reads, arguments so that they split into the same words", () => {
  const args = ["-c", "a b", "it's", '"', "", "$PORT"];
  const ini = toIni([
    {
      name: "app:web",
      cmd: "serve",
      args,
      env: { PORT: "80" },
      numprocesses: 2,
      priority: 1,
      redirect_output: ["out", "err"],
      flapping: { attempts: 3, window: 1, retry_in: 7, max_retry: 5 },
    },
    { name: "job", cmd: "a | b", shell: true },
  ]);
  const [, line = ""] = /^args = (.*)$/m.exec(ini) ?? [];
  assert.deepEqual(splitWords(line, "x"), args);
  assert.equal(
    ini.replace(line, "ARGS"),
    `[process:app:web]
cmd = serve
args = ARGS
numprocesses = 2
priority = 1
redirect_output = out,err
flapping = 3 1 7 5

[env:app:web]
PORT = 80

[process:job]
cmd = a | b
shell = true
`,
  );
});

Deno.test("toIni() refuses what an ini file cannot say", () => {
  assert.throws(() => toIni([{ name: "a", cmd: "x", env: { K: "1\n2" } }]), /cannot say the line feed in "K"/);
});
