import assert from "node:assert/strict";
import { Interrupted } from "../../lib/cli/environment.ts";
import { EXIT, EXIT_HELP, exitStatus } from "../../lib/cli/exit_status.ts";
import { UnreadableFile } from "../../lib/cli/input.ts";
import { UsageError } from "../../lib/cli/usage_error.ts";
import { NoUsualSocket } from "../../lib/cli/usual_sockets.ts";
import { HappiError } from "../../lib/errors.ts";
import { parseAddress } from "../../lib/net/mod.ts";
import * as client from "../../lib/client/mod.ts";
import * as server from "../../lib/server/mod.ts";
import * as socket from "../../lib/socket/mod.ts";

const CASES: readonly (readonly [status: number, error: unknown])[] = [
  [1, new socket.CommandRefused("set x", "No.")],
  [1, new socket.UnknownCommand("x", "Unknown command")],
  [1, new socket.CommandForbidden("x", "Permission denied")],
  [1, new client.NotFound('server "a/b"', "No such server.")],
  [1, new client.NotApplied("set a weight", "another")],
  [1, new client.TransactionOpen("cert", "a.pem", "b.pem")],
  [2, new UsageError("Cannot understand that")],
  [2, new UnreadableFile("x", new Error("no"))],
  [2, new client.InvalidArgument("port", 99999, "too large")],
  [2, new client.DangerousCommand("clear map", "it can crash")],
  [2, new client.NoMaster("reload")],
  [2, new socket.InvalidCommand("a\nb", "LF")],
  [2, thrownBy(() => parseAddress("nonsense"))],
  [2, new server.NonLoopbackListener("0.0.0.0:80")],
  [3, new NoUsualSocket(["/run/x"])],
  [3, new socket.NoSocket("/s", "nobody")],
  [3, new socket.SocketForbidden("/s")],
  [3, new socket.NotASocket("/s", "file")],
  [3, new socket.SocketTimeout("/s", "answer", 10)],
  [3, new socket.SocketClosed("/s")],
  [3, new server.ListenFailed("127.0.0.1:80", "taken")],
  [3, new socket.ConnectionLost("/s", "show stat", "", "it was reset")],
  [4, new client.UnsupportedCommand("add backend", "3.4", "3.2.1")],
  [5, new socket.AnswerTooLarge("/s", "show stat", 10)],
  [5, new socket.NotHaproxy("/s", "HTTP/1.1 400")],
  [5, new client.UnexpectedAnswer("show stat", "a header", "")],
  [70, new HappiError("a_code_nobody_knows", "what")],
  [70, new TypeError("a bug")],
  [70, "a text"],
  [130, new Interrupted("SIGINT")],
  [143, new Interrupted("SIGTERM")],
];

for (const [status, error] of CASES) {
  const name = error instanceof Error ? error.name : typeof error;
  Deno.test(`exitStatus() is ${status} for ${name}`, () => assert.equal(exitStatus(error), status));
}

Deno.test("every error class of socket and client has an exit status of its own kind", () => {
  const covered = new Set(CASES.map(([, error]) => error instanceof Error ? error.name : ""));
  const abstract = ["SocketError", "HappiError"];
  const classes = Object.entries({ ...socket, ...client }).filter(([, value]) =>
    typeof value === "function" && value.prototype instanceof HappiError
  );
  assert.ok(classes.length > 15);
  const missing = classes.map(([name]) => name).filter((name) => !covered.has(name));
  assert.deepEqual(missing.filter((name) => !abstract.includes(name)), []);
});

Deno.test("the help names every exit status once", () => {
  assert.deepEqual(EXIT_HELP.map(([status]) => status), Object.values(EXIT));
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return thrown;
  }
}
