/** The lines of `happi agent config` in real HAProxy, and maintenance by hand as HAProxy sees it. */

import assert from "node:assert/strict";
import { Client } from "../../../lib/client/mod.ts";
import { testEachHaproxy } from "../../peers/haproxy.ts";
import { happi } from "../fake_environment.ts";
import { inFolder, startAgent, writeConfig } from "./started_agent.ts";

const CONFIG = '[check.web]\nkind = "debug"\nreply = "up"\nmax_age = 0\n';

/** What the command prints, with a shorter interval. */
const LINES = await inFolder(async (folder) => {
  const { output } = await happi(["agent", "config", "-c", await writeConfig(folder, CONFIG)]);
  return output.replace("agent-inter 2s", "agent-inter 100ms").replace(" check agent-check", " agent-check");
});

const EXAMPLE = (await happi(["agent", "config", "--backend", "example"])).output;

/** Waits until HAProxy shows the server so. */
async function until(client: Client, wanted: string): Promise<void> {
  for (;;) {
    const row = (await client.getStat()).find(({ svname }) => svname === "web");
    if (String(row?.status) === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

testEachHaproxy(
  "happi agent drain and ready move a server whose lines happi agent config has written",
  {
    config: (context) =>
      "defaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n" +
      LINES.replace("agent-port 1337", `agent-port ${context.port("agent")}`) + EXAMPLE,
  },
  async (haproxy) => {
    await inFolder(async (folder) => {
      const listen = `127.0.0.1:${haproxy.port("agent")}`;
      await using client = new Client(haproxy.socketPath);
      {
        await using agent = await startAgent(folder, ["-c", await writeConfig(folder, CONFIG), "--listen", listen]);
        await until(client, "no check");
        assert.equal((await agent.happi("drain", "web", "--why", "new kernel")).status, 0);
        await until(client, "DRAIN (agent)");
        await agent.happi("maint", "web");
        await until(client, "MAINT");
      }
      // Nobody answers now: HAProxy keeps what it was told.
      await until(client, "MAINT");
      await using agent = await startAgent(folder, ["-c", `${folder}/happi.toml`, "--listen", listen]);
      await agent.happi("ready", "web");
      await until(client, "no check");
    });
  },
);
