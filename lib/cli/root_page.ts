/**
 * The help of happi itself.
 */
import { COMMANDS } from "./commands.ts";
import { EXIT_HELP } from "./exit_status.ts";
import type { Page } from "./page.ts";

/** What `happi --help` shows. */
export function rootPage(): Page {
  return {
    usage: ["happi COMMAND [options]"],
    paragraphs: ["Talk to HAProxy: raw commands, the Runtime API as data, and a JSON API over HTTP."],
    sections: [
      { title: "Commands", entries: Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const) },
      {
        title: "Options",
        entries: [
          ["-h, --help", "Show this; after a command, show that command's help"],
          ["-V, --version", "Show happi's version"],
        ],
      },
      {
        title: "Environment",
        entries: [
          ["HAPPI_SOCKET", "HAProxy's socket, when there is no -p"],
          ["HAPPI_API", "The HTTP API of a running agent, process keeper or services, when there is no --api"],
          ["HAPPI_ADMIN_TOKEN", "The admin token of the process keeper, when there is no --admin-token-file"],
          ["NO_COLOR", "When set, no colours"],
        ],
      },
      { title: "Exit status", entries: EXIT_HELP.map(([status, meaning]) => [String(status), meaning] as const) },
      {
        title: "Examples",
        lines: [
          "happi socket                                    # a shell on this host's HAProxy",
          "happi socket -d 'show servers state'            # one command, its answer as it is",
          "happi client get_servers_state web              # the same as data",
          "happi client set_server_state web/s1 drain",
          "happi server -p /run/haproxy/admin.sock         # then: curl http://127.0.0.1:5080/api/v1/servers/state/",
        ],
      },
    ],
  };
}
