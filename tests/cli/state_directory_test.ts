import assert from "node:assert/strict";
import { holdState, stateDirectories, StateInUse } from "../../lib/cli/state_directory.ts";

Deno.test("holdState() takes a directory for one of a kind, until it is let go", async () => {
  const directory = await Deno.makeTempDir({ prefix: "happi-state-" });
  try {
    {
      using _service = await holdState(directory, "service");
      using _process = await holdState(directory, "process");
      await assert.rejects(holdState(directory, "service"), {
        name: StateInUse.name,
        message: `Cannot use "${directory}": another happi service does; end it, or name another with --state-dir`,
      });
    }
    using _again = await holdState(directory, "service");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("holdState() takes nothing where there is no directory", async () => {
  using _one = await holdState(undefined, "service");
  using _other = await holdState(undefined, "service");
});

Deno.test("stateDirectories() tries what was asked for only, else systemd's, else the host's and the user's", () => {
  const variables = (given: Record<string, string>) => ({ variable: (name: string) => given[name] });
  assert.deepEqual(stateDirectories(variables({ STATE_DIRECTORY: "/a:/b" }), "/x"), ["/x"]);
  assert.deepEqual(stateDirectories(variables({ STATE_DIRECTORY: "/a:/b", HOME: "/root" }), undefined), ["/a"]);
  assert.deepEqual(stateDirectories(variables({ HOME: "/root" }), undefined), [
    "/var/lib/happi",
    "/root/.local/state/happi",
  ]);
});
