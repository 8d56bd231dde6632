/**
 * Options that several of `happi spoa`'s commands have.
 */
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { choice, path, word } from "../values.ts";

/** `-c`. */
export const config = optional(option("-c", "--config", path("FILE"), {
  description: message`The configuration: its tables [spoa] and [spoa.NAME]`,
}));

/** `--listen`. */
export const listen = multiple(option("--listen", word("ADDRESS"), {
  description:
    message`Where HAProxy finds the agent: 127.0.0.1:3000 (if not said), unix:/run/happi/spoa.sock; may be repeated`,
}));

/** `--workers`. */
export const workers = optional(option("--workers", word("N"), {
  description: message`Threads (1). They share a TCP port; of a unix socket each has its own: spoa.sock, spoa.2.sock`,
}));

/** `--io`. */
export const io = optional(option("--io", choice("HOW", ["default", "epoll"]), {
  description: message`epoll: a loop of its own over the system's, for policies that answer at once (default)`,
}));

/** `--haproxy`. */
export const haproxy = optional(option("--haproxy", word("VERSION", ["2.6", "3.0", "3.2"]), {
  description: message`HAProxy's version (3.2)`,
}));

/** `-p`. */
export const agent = optional(option("-p", "--path", word("ADDRESS"), {
  description: message`The agent: host:port, or a unix socket's path (127.0.0.1:3000)`,
}));

/** HAProxy's version when nobody says. */
export const DEFAULT_HAPROXY = "3.2";
