/** The command lines that the methods send, word for word. */

import assert from "node:assert/strict";
import type { Methods } from "../../lib/client/methods.ts";
import { call, RecordingCaller, type Script } from "./families/recording.ts";

/** A call, what it has to send, and what it is answered where that matters. */
type Case = readonly [
  name: keyof Methods,
  args: readonly unknown[],
  lines: string | readonly string[],
  script?: Script,
];

const STAT = "# pxname,svname,type,\nweb,BACKEND,1,\n\n";
const OPERATOR = { "show cli level": "operator\n" };
const TABLE = { ...OPERATOR, "show table": "# table: t, type: string, size:9, used:0\n\n" };
const PREPARED = { "prepare map": "New version created: 3\n", "prepare acl": "New version created: 3\n" };

const CASES: readonly Case[] = [
  ["getInfo", [], "show info"],
  ["getInfo", [{ float: true }], "show info float"],
  ["getInfo", [{ float: false }], "show info"],
  ["getInfoTyped", [], "show info typed"],
  ["getInfoTyped", [{ description: true, float: true }], "show info typed desc float"],
  ["getVersion", [], "show version"],
  ["getHelp", [], "help"],

  ["getStat", [], "show stat", { "show stat": STAT }],
  ["getStat", [{ proxy: "web" }], "show stat web -1 -1", { "show stat": STAT }],
  ["getStat", [{ proxy: "#7", kinds: ["server", "backend"], sid: 2 }], "show stat #7 6 2", { "show stat": STAT }],
  ["getStat", [{ kinds: ["frontend", "listener", "frontend"] }], "show stat -1 9 -1", { "show stat": STAT }],
  ["getStat", [{ kinds: [] }], "show stat", { "show stat": STAT }],
  ["getStat", [{ sid: 2, only: "up" }], "show stat -1 -1 2 up", { "show stat": STAT }],
  ["getStat", [{ only: "no-maint" }], "show stat no-maint", { "show stat": STAT }],
  ["getStat", [{ proxy: "no" }], "show stat no -1 -1", { "show stat": "# pxname,svname,type,\n\n" }],
  ["getStat", [{ proxy: "no", kinds: ["server"] }], ["show stat no 4 -1", "show stat no -1 -1"], {
    "show stat": "# pxname,svname,type,\n\n",
  }],
  ["getStatTyped", [{ proxy: "web", only: "up", description: true }], [
    "show stat web -1 -1 typed desc up",
    "show stat web -1 -1",
  ], { "show stat": "\n" }],
  ["getStatTyped", [], "show stat typed"],
  ["getResolverStat", [], "show stat domain resolvers"],
  ["clearCounters", [], "clear counters"],
  ["clearCounters", [{ all: true }], "clear counters all"],

  ["getServersState", [], "show servers state"],
  ["getServersState", ["web"], "show servers state web"],
  ["getServersConn", ["#7"], "show servers conn #7"],
  ["setServerState", ["web/s1", "drain"], "set server web/s1 state drain"],
  ["setServerWeight", ["web/s1", 0], "set server web/s1 weight 0"],
  ["setServerWeight", ["web/s1", "50%"], "set server web/s1 weight 50%"],
  ["setServerWeight", ["web/s1", "256"], "set server web/s1 weight 256"],
  ["getServerWeight", ["web/s1"], "get weight web/s1"],
  ["setServerAddress", ["web/s1", "10.0.0.1"], "set server web/s1 addr 10.0.0.1"],
  ["setServerAddress", ["web/s1", "::1", 8080], "set server web/s1 addr ::1 port 8080"],
  ["setServerMaxconn", ["web/s1", 0], "set maxconn server web/s1 0"],
  ["setServerFqdn", ["web/s1", "app.test"], "set server web/s1 fqdn app.test"],
  ["setServerSsl", ["web/s1", "on"], "set server web/s1 ssl on"],
  ["enableServer", ["web/s1"], "enable server web/s1"],
  ["disableServer", ["web/s1"], "disable server web/s1"],
  ["setServerHealth", ["web/s1", "stopping"], "set server web/s1 health stopping"],
  ["setServerAgent", ["web/s1", "up"], "set server web/s1 agent up"],
  ["setServerAgentAddress", ["web/s1", "10.0.0.1", 1], "set server web/s1 agent-addr 10.0.0.1 port 1"],
  ["setServerAgentPort", ["web/s1", 65535], "set server web/s1 agent-port 65535"],
  ["setServerAgentSend", ["web/s1", "a;b c"], "set server web/s1 agent-send a\\;b\\ c"],
  ["setServerAgentSend", ["web/s1"], "set server web/s1 agent-send"],
  ["setServerCheckAddress", ["web/s1", "10.0.0.1"], "set server web/s1 check-addr 10.0.0.1"],
  ["setServerCheckPort", ["web/s1", 80], "set server web/s1 check-port 80"],
  ["enableHealth", ["web/s1"], "enable health web/s1"],
  ["disableHealth", ["web/s1"], "disable health web/s1"],
  ["enableAgent", ["web/s1"], "enable agent web/s1"],
  ["disableAgent", ["web/s1"], "disable agent web/s1"],
  ["addServer", ["web/n", "10.0.0.1:80"], "add server web/n 10.0.0.1:80"],
  ["addServer", ["web/n", "[::1]:80", { keywords: ["check", "sni", "str(a b)"] }], [
    "add server web/n [::1]:80 check sni str(a\\ b)",
  ]],
  ["addServer", ["web/n", "unix@/run/app.sock"], "add server web/n unix@/run/app.sock"],
  ["delServer", ["web/n"], "del server web/n"],
  ["waitServerRemovable", ["web/n", 0], "wait 1ms srv-removable web/n", { wait: "Done.\n" }],
  ["waitServerRemovable", ["web/n", "2s"], "wait 2000ms srv-removable web/n", { wait: "Wait delay expired.\n" }],
  ["deleteServer", ["web/n"], [
    "set server web/n state maint",
    "wait 30000ms srv-removable web/n",
    "del server web/n",
  ], { wait: "Done.\n", "del server": "Server deleted.\n" }],
  ["deleteServer", ["web/n", { force: true, timeoutMs: 10 }], [
    "set server web/n state maint",
    "shutdown sessions server web/n",
    "wait 10ms srv-removable web/n",
    "del server web/n",
  ], { wait: "Done.\n", "del server": "Server deleted.\n" }],

  ["getSessions", [], "show sess"],
  ["getSessions", [{ backend: "web" }], "show sess backend web"],
  ["getSessions", [{ server: "web/s1", showUri: true, suspicious: true }], "show sess show-uri server web/s1 susp"],
  ["getSessions", [{ frontend: "web", suspicious: true }], "show sess frontend web susp"],
  ["getSession", ["0x55aa"], "show sess 0x55aa"],
  ["getSessionsInFull", [], "show sess all"],
  ["getSessionsInFull", [{ backend: "web", suspicious: true }], "show sess susp backend web"],
  ["shutdownSession", ["0x55aa"], "shutdown session 0x55aa"],
  ["shutdownServerSessions", ["web/s1"], "shutdown sessions server web/s1"],

  ["getTables", [], "show table"],
  ["getTable", ["mesh/t"], ["show cli level", "show table mesh/t"], OPERATOR],
  ["getTable", ["t", { key: "a b\\" }], ["show cli level", "show table t key a\\ b\\\\"], OPERATOR],
  ["getTable", ["t", { ptr: "0x55" }], ["show cli level", "show table t ptr 0x55"], OPERATOR],
  ["getTable", ["t", { filters: [{ data: "gpc[1]", op: "gt", value: 0 }, { data: "gpt0", op: "ne", value: -1 }] }], [
    "show cli level",
    "show table t data.gpc[1] gt 0 data.gpt0 ne -1",
  ], OPERATOR],
  ["setTableEntry", ["t", "a;b", { gpc0: 5, http_req_cnt: 0 }], [
    "show cli level",
    "show table",
    "set table t key a\\;b data.gpc0 5 data.http_req_cnt 0",
  ], TABLE],
  ["setTableEntry", ["t", "k"], ["show cli level", "show table", "set table t key k"], TABLE],
  ["setTableEntry", ["t", "k"], "show cli level", { "show cli level": "user\n" }],
  ["clearTable", ["t"], ["show cli level", "clear table t"], OPERATOR],
  ["clearTable", ["t", { filters: [{ data: "gpc0", op: "le", value: 1 }] }], [
    "show cli level",
    "clear table t data.gpc0 le 1",
  ], OPERATOR],
  ["clearTableEntry", ["t", "k"], ["show cli level", "clear table t key k"], OPERATOR],

  ["getMaps", [], "show map"],
  ["getMap", ["/etc/a b.map"], "show map /etc/a\\ b.map"],
  ["getMap", ["#2", { version: 0 }], "show map @0 #2"],
  ["getMapEntry", ["m", "a b"], "get map m a\\ b"],
  ["addMapEntry", ["m", "@1", "<< x"], "add map m @1 \\<\\<\\ x"],
  ["addMapEntry", ["m", "k", "v", { version: 3 }], "add map @3 m k v"],
  ["setMapEntry", ["m", "#1", "v"], "set map m #1 v"],
  ["setMapEntry", ["m", "#0xff", "v"], ["show map m", "set map m #0x7f v"], { "show map": "0x7f #0xff old\n\n" }],
  ["setMapEntryById", ["m", "0x7f", "v"], "set map m #0x7f v"],
  ["delMapEntry", ["m", "k"], "del map m k"],
  ["delMapEntry", ["m", "#0xff"], ["show map m", "del map m #0x7e", "del map m #0x7f"], {
    "show map": "0x7e #0xff old\n0x7f #0xff new\n0x80 #0xfff new\n\n",
  }],
  ["delMapEntryById", ["m", "0x7f"], "del map m #0x7f"],
  ["clearMap", ["m"], "clear map m"],
  ["clearMap", ["m", { version: 3 }], "clear map @3 m"],
  ["prepareMap", ["m"], "prepare map m"],
  ["commitMap", ["m", 3], "commit map @3 m"],
  ["addMapEntries", ["m", [{ key: "a", value: "b c" }, { key: "d", value: "e" }]], [
    "add map m a b\\ c",
    "add map m d e",
  ]],
  ["replaceMap", ["m", []], ["prepare map m", "show map @3 m", "commit map @3 m"], PREPARED],

  ["getAcls", [], "show acl"],
  ["getAcl", ["a.acl", { version: 3 }], "show acl @3 a.acl"],
  ["getAclEntry", ["#1", "x y"], "get acl #1 x\\ y"],
  ["addAclEntry", ["#1", "10.0.0.0/8"], "add acl #1 10.0.0.0/8"],
  ["addAclEntry", ["#1", "x", { version: 3 }], "add acl @3 #1 x"],
  ["delAclEntry", ["#1", "x"], "del acl #1 x"],
  ["delAclEntry", ["#1", "#0xff"], ["show acl #1", "del acl #1 #0x7f"], { "show acl": "0x7e #0xff y\n0x7f #0xff\n\n" }],
  ["delAclEntryById", ["#1", "0x7f"], "del acl #1 #0x7f"],
  ["clearAcl", ["#1"], "clear acl #1"],
  ["prepareAcl", ["#1"], "prepare acl #1"],
  ["commitAcl", ["#1", 3], "commit acl @3 #1"],
  ["addAclEntries", ["#1", ["a b", "c"]], ["add acl #1 a\\ b", "add acl #1 c"]],
  ["replaceAcl", ["#1", ["a b"]], ["prepare acl #1", "add acl @3 #1 a\\ b", "show acl @3 #1", "commit acl @3 #1"], {
    ...PREPARED,
    "show acl": "0x1 a b\n\n",
  }],

  ["getEventSinks", [], "show events"],
  ["getEvents", ["buf 0"], "show events buf\\ 0"],
  ["getErrors", [], "show errors"],
  ["getErrors", [{ proxy: "web", direction: "request" }], "show errors web request"],
  ["getErrors", [{ direction: "response" }], "show errors -1 response"],
];

for (const [name, args, lines, script = {}] of CASES) {
  const expected = typeof lines === "string" ? [lines] : lines;
  Deno.test(`${name}(${args.map((one) => JSON.stringify(one)).join(", ")}) sends ${expected.join(" | ")}`, async () => {
    const caller = new RecordingCaller(script);
    await call(caller, name, ...args).catch((thrown) => {
      // The made-up answer need not be one that can be read.
      const codes = ["unexpected_answer", "command_refused", "not_found"];
      if (!codes.includes(thrown.code)) throw thrown;
    });
    assert.deepEqual(caller.commands, expected);
  });
}

for (
  const [options, line] of [
    [undefined, "show events traffic -w"],
    [{ from: "start" }, "show events traffic -w"],
    [{ from: "now" }, "show events traffic -w -n"],
  ] as const
) {
  Deno.test(`followEvents() from ${options?.from} sends ${line}`, async () => {
    const caller = new RecordingCaller({ "show events": "one" });
    const events = await call(caller, "followEvents", "traffic", options);
    for await (const { message } of events as AsyncIterable<{ message: string }>) assert.equal(message, "one");
    assert.deepEqual(caller.commands, [line]);
  });
}
