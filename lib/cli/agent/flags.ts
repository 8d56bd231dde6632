/**
 * Options that several of `happi agent`'s commands have.
 */
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { path, word } from "../values.ts";

/** `-c`. */
export const config = optional(option("-c", "--config", path("FILE"), {
  description: message`The configuration: its tables [agent] and [check.NAME]`,
}));

/** `--listen`. */
export const listen = multiple(option("--listen", word("ADDRESS"), {
  description:
    message`Where HAProxy finds the agent: 127.0.0.1:1337 (if not said), unix:/run/happi/agent.sock; may be repeated`,
}));

/** `--allow`. */
export const allow = multiple(
  option("--allow", word("WHAT", [["private", "private and loopback networks (default)"]]), {
    description:
      message`What requests may name: a host, a network, a port or ports such as 8000-8999, or "private"; may be repeated`,
  }),
);

/** `--api`. */
export const api = optional(option("--api", word("URL"), {
  description: message`The agent's HTTP API. Else HAPPI_API, else http://127.0.0.1:5082, else http://127.0.0.1:5080`,
}));

/** `--json`. */
export const json = option("--json", { description: message`Everything, as JSON` });
