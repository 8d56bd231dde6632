/** What `happi spoa` and its commands refuse, in which words and with which status. */

import assert from "node:assert/strict";
import { happi } from "../fake_environment.ts";

/** A command line, its status, and what it says. */
const REFUSED: readonly (readonly [args: string[], status: number, errors: RegExp])[] = [
  [["chekc"], 2, /Cannot find command "spoa chekc": did you mean check\?/],
  [["--workers", "2", "check"], 2, /a command comes right behind "happi spoa"/],
  [["--workers", "many"], 2, /Cannot use "many" as --workers/],
  [["--listen", "nonsense"], 2, /Cannot use address "nonsense"/],
  [["--listen", "127.0.0.1:0", "--http", "0.0.0.0:0"], 2, /Cannot listen on "0\.0\.0\.0:0": other machines reach it/],
  [["-c", "/nowhere/happi.toml"], 2, /Cannot read "\/nowhere\/happi\.toml": there is no such file/],
  [["--list", "/nowhere/list"], 2, /Cannot make policy "reputation": Cannot read "\/nowhere\/list"/],
  [["--workers", "2", "--list", "/nowhere/list"], 2, /Cannot make policy "reputation": Cannot read "\/nowhere\/list"/],
  [["--list", "x=101"], 2, /Cannot use "101" as --list/],
  [["ask"], 2, /Cannot ask nothing/],
  [["ask", "--message", "m", "-p", "/nowhere.sock"], 3, /Cannot go on with "\/nowhere\.sock"/],
  [["ask", "--message", "m", "--arg", "x"], 2, /Cannot use "x" as --arg: write NAME=VALUE/],
  [["ask", "--message", "m", "--arg", "x:int=1"], 2, /"int" is no type; the types are /],
  [["ask", "--message", "m", "--arg", "x:ipv4=::1"], 2, /"::1" is no ipv4/],
  [["config", "--haproxy", "1.8"], 2, /1\.8/],
  [["config", "--policy", "magic"], 2, /Cannot make a policy of kind "magic": the kinds are /],
  [["check"], 2, /missing required argument/],
  [["check", "/nowhere.conf"], 2, /Cannot read "\/nowhere\.conf"/],
  [["record", "/tmp/x"], 2, /Cannot record: say where/],
];

for (const [args, status, errors] of REFUSED) {
  Deno.test(`happi spoa ${args.join(" ")} ends with status ${status} and says why`, async () => {
    const outcome = await happi(["spoa", ...args]);
    assert.match(outcome.errors, errors);
    assert.equal(outcome.status, status);
  });
}

Deno.test("happi spoa says that its port is taken, alone and with workers", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  for (const more of [[], ["--workers", "2"]]) {
    const { status, errors } = await happi(["spoa", "--listen", `127.0.0.1:${taken.addr.port}`, ...more]);
    assert.match(errors, /^happi: Cannot listen on "127\.0\.0\.1:\d+": the address is in use\n$/);
    assert.equal(status, 3);
  }
});
