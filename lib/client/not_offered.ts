/**
 * Commands of HAProxy's CLI that have no method, on purpose, and why. Everything else that `help` lists has one; a test
 * holds the two together. `client.socket` can send any of them.
 */

/** A command without a method. */
export interface NotOffered {
  /** The command's first words; what follows them does not matter. */
  readonly command: string;
  /** Why there is no method. */
  readonly reason: string;
}

/** The commands without a method. */
export const NOT_OFFERED: readonly NotOffered[] = [
  { command: "prompt", reason: "it sets how a session speaks, and that is the socket's own matter" },
  { command: "quit", reason: "it ends a session, and that is the socket's own matter" },
  { command: "echo", reason: "it gives back what was sent" },
  { command: "user", reason: "it lowers the level of one session, and every command may have its own" },
  { command: "operator", reason: "it lowers the level of one session, and every command may have its own" },
  { command: "expert-mode", reason: "a method that needs a mode enters it itself" },
  { command: "experimental-mode", reason: "a method that needs a mode enters it itself" },
  { command: "mcli-debug-mode", reason: "it makes the master take a worker's commands; the worker is asked instead" },
  { command: "set severity-output", reason: "the socket sets it to tell refusals from answers" },
  { command: "set timeout", reason: "it holds for one session; the client's own timeouts are options" },
  { command: "set anon", reason: "it holds for one session, and HAProxy 2.7 to 3.4 read the global key as 0" },
  { command: "@", reason: "who answers on a master socket is an option of the client" },
  { command: "show schema json", reason: "it describes HAProxy's JSON, which is not valid where a text holds a quote" },
  { command: "set weight", reason: "deprecated by HAProxy: setServerWeight does it" },
  { command: "httpclient", reason: "it lets HAProxy ask any address of the network it stands in" },
  { command: "debug dev", reason: "it is for those who work on HAProxy; several of them end the process" },
  { command: "_getsocks", reason: "it hands HAProxy's listening sockets to a new process" },
  { command: "_loadstatus", reason: "it is how a new worker reports to its master" },
  { command: "flt-ot", reason: "an add-on of some builds, removed in HAProxy 3.5" },
];
