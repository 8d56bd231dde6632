/** The status and the shape of every error, over a route whose client fails with it. */
import assert from "node:assert/strict";
import {
  DangerousCommand,
  InvalidArgument,
  NoMaster,
  NotApplied,
  NotFound,
  TransactionOpen,
  UnexpectedAnswer,
  UnsupportedCommand,
} from "../../lib/client/mod.ts";
import { createApp } from "../../lib/server/mod.ts";
import {
  AnswerTooLarge,
  CommandForbidden,
  CommandRefused,
  ConnectionLost,
  InvalidCommand,
  NoSocket,
  NotASocket,
  NotHaproxy,
  SocketClosed,
  SocketForbidden,
  SocketTimeout,
  UnknownCommand,
} from "../../lib/socket/mod.ts";
import { fakeClient } from "./fake_client.ts";

/** What the client fails with, the status, the code, what else is told, and HAPPI's code for it. */
const ERRORS: readonly (readonly [Error, number, string, Record<string, unknown>, number])[] = [
  [new InvalidArgument("weight", 300, "too much"), 400, "invalid_argument", {}, 400],
  [new InvalidCommand("a\nb", "a line break"), 400, "invalid_command", {}, 400],
  [new NotFound("server", "none"), 404, "not_found", {}, 404],
  [new DangerousCommand("x", "it crashes"), 409, "dangerous_command", {}, 503],
  [new TransactionOpen("cert", "a.pem", "b.pem"), 409, "transaction_open", {}, 503],
  [new CommandRefused("set x", "No.\n"), 422, "command_refused", { haproxy: "No." }, 503],
  [
    new CommandRefused("add server", "Already exists a server with the same name in this backend.\n"),
    409,
    "command_refused",
    { haproxy: "Already exists a server with the same name in this backend." },
    503,
  ],
  [
    new CommandForbidden("set x", "Permission denied"),
    422,
    "command_refused",
    { haproxy: "Permission denied" },
    503,
  ],
  [new NotApplied("set x", "y"), 422, "not_applied", {}, 503],
  [new UnknownCommand("x", "Unknown command"), 501, "command_refused", { haproxy: "Unknown command" }, 501],
  [new UnsupportedCommand("wait", "3.0", "2.6.12"), 501, "unsupported_command", { since: "3.0" }, 501],
  [new NoMaster("reload"), 501, "no_master", {}, 501],
  [new AnswerTooLarge("/s", "show stat", 9), 502, "answer_too_large", {}, 503],
  [new ConnectionLost("/s", "show stat", "", "it ended"), 502, "connection_lost", {}, 503],
  [new NotHaproxy("/s", "220 smtp"), 502, "not_haproxy", {}, 503],
  [new UnexpectedAnswer("show stat", "rows", "?"), 502, "unexpected_answer", {}, 503],
  [new NoSocket("/s", "nobody listens"), 503, "no_socket", {}, 503],
  [new NotASocket("/s", "a file"), 503, "not_a_socket", {}, 503],
  [new SocketForbidden("/s", new Error("no")), 503, "socket_forbidden", {}, 503],
  [new SocketClosed("/s"), 503, "socket_closed", {}, 503],
  [new SocketTimeout("/s", "answer", 5, "show stat"), 504, "socket_timeout", {}, 503],
  [new TypeError("secret detail"), 500, "internal", {}, 503],
];

for (const [error, status, code, more, happiCode] of ERRORS) {
  const name = `${error.constructor.name}${status === 409 ? ` (${code})` : ""}`;

  Deno.test(`the plain API answers ${status} when the client fails with ${name}`, async () => {
    const app = createApp({ client: fakeClient({ getInfo: () => Promise.reject(error) }) });
    const response = await app.request("/api/v1/info");
    assert.equal(response.status, status);
    const { error: body } = await response.json();
    const { message, ...rest } = body;
    assert.deepEqual(rest, { code, ...more });
    assert.match(message, /^Cannot .+: /s);
    if (code === "internal") assert.doesNotMatch(message, /secret/);
  });

  Deno.test(`HAPPI's routes answer code ${happiCode} when the client fails with ${name}`, async () => {
    const app = createApp({ client: fakeClient({ getServersState: () => Promise.reject(error) }) });
    const response = await app.request("/api/v1/servers/state/");
    assert.equal(response.status, happiCode === 503 ? 503 : 200);
    const body = await response.json();
    assert.equal(body.code, happiCode);
    assert.deepEqual(Object.keys(body), ["code", "data", "status"]);
    assert.equal(typeof body.data === "string", happiCode !== 404);
  });
}
