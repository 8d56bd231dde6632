import assert from "node:assert/strict";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseServersState } from "../../../lib/client/formats/servers_state.ts";
import { adminStates, checkStates } from "../../../lib/client/formats/server_enums.ts";
import { capture, captures, VERSIONS } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseServersState() gives every field of every server when the answer is of a real HAProxy", () => {
  for (const version of VERSIONS) {
    for (const file of ["show_servers_state", "show_servers_state_many"]) {
      const answer = capture(version, file);
      const [, header = "", ...lines] = answer.trimEnd().split("\n");
      const { servers } = parseServersState(answer);
      assert.equal(servers.length, lines.length);
      servers.forEach((server, nth) => {
        const fields = header.slice(2).split(" ").map((name) => String(server[name] ?? "-"));
        assert.equal(fields.join(" "), lines[nth]);
      });
    }
  }
});

Deno.test("parseServersState() decodes numbers into words beside them", () => {
  const { servers } = parseServersState(capture("2.6", "show_servers_state"));
  const words = (name: string) => {
    const server = servers.find(({ srv_name }) => srv_name === name);
    return [server?.op_state, server?.admin_states, server?.check_result, server?.check_states, server?.agent_states];
  };
  assert.deepEqual(words("web1"), [
    "running",
    [],
    "passed",
    ["configured", "enabled"],
    ["configured", "enabled", "agent"],
  ]);
  assert.deepEqual(words("web5"), ["stopped", ["forced_maint", "config_maint"], "unknown", ["paused"], []]);
  assert.deepEqual(words("web7"), [
    "stopped",
    ["dns_maint"],
    "unknown",
    ["configured", "enabled", "paused"],
    [],
  ]);
});

Deno.test("parseServersState() reads any number of columns in any order", () => {
  const { servers } = parseServersState(
    "1\n# srv_name be_name srv_op_state be_id srv_id srv_admin_state new_number new_text\ns1 web 1 7 2 64 18446744073709551615 x\n",
  );
  assert.deepEqual(servers, [{
    ...{ be_id: 7, be_name: "web", srv_id: 2, srv_name: "s1", srv_op_state: 1, srv_admin_state: 64 },
    ...{ op_state: "starting", admin_states: ["fqdn_changed"], new_number: 18446744073709551615n, new_text: "x" },
  }]);
});

Deno.test("parseServersState() gives no servers when there are none, in the header of any version", () => {
  for (const version of ["2.8", "3.1", "3.3", "3.5"]) {
    const header = Deno.readTextFileSync(
      new URL(`../../captures/${version}/show_servers_state_header.txt`, import.meta.url),
    );
    assert.deepEqual(parseServersState(`1\n${header}`), { version: 1, servers: [] });
  }
});

Deno.test("parseServersState() refuses an unknown backend, another format version and values that stand for nothing", () => {
  const [, header = "", line = ""] = capture("3.4", "show_servers_state").split("\n");
  const withField = (column: number, field: string) =>
    `1\n${header}\n${line.split(" ").with(column, field).join(" ")}\n`;
  const answers = [
    ...captures("show_servers_state_nope"),
    ...["2\n# be_id\n", "1\n", "1\n# be_id be_name\n", `1\n${header} be_id\n${line} 6\n`, `1\n${header}\n${line} 9\n`],
    ...[
      withField(5, "4"),
      withField(5, "-1"),
      withField(11, "5"),
      withField(6, "x"),
      withField(18, ""),
      withField(1, ""),
    ],
  ];
  for (const answer of answers) assert.throws(() => parseServersState(answer), UnexpectedAnswer, answer);
});

Deno.test("adminStates() names every bit of the guide", () => {
  assert.deepEqual(adminStates(0), []);
  assert.deepEqual(adminStates(0x7f), [
    ...["forced_maint", "inherited_maint", "config_maint", "forced_drain", "inherited_drain", "dns_maint"],
    "fqdn_changed",
  ]);
});

Deno.test("checkStates() names every bit of the guide", () => {
  assert.deepEqual(checkStates(0x1f), ["in_progress", "configured", "enabled", "paused", "agent"]);
});

testHostileAnswers("parseServersState", parseServersState, captures("show_servers_state"));
