import assert from "node:assert/strict";
import { parseCliSockets } from "../../../lib/client/formats/cli_sockets.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseCliSockets() reads every socket of every version", () => {
  for (const answer of captures("show_cli_sockets")) {
    const sockets = parseCliSockets(answer);
    assert.equal(sockets.length, 7);
    assert.deepEqual(sockets.find(({ socket }) => socket.endsWith("oper.sock")), {
      socket: "unix@/run/haproxy/oper.sock",
      level: "operator",
      processes: "all",
    });
  }
  assert.deepEqual(parseCliSockets("\n"), []);
});

testHostileAnswers("parseCliSockets", parseCliSockets, captures("show_cli_sockets"));
