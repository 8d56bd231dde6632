/** Command lines, word for word, of the methods that are one command. */

import assert from "node:assert/strict";
import { InvalidArgument } from "../../../lib/client/errors.ts";
import type { Methods } from "../../../lib/client/methods.ts";
import { call, lineOf, RecordingCaller } from "./recording.ts";

/** A call and the line that it has to send. */
const LINES: readonly (readonly [name: keyof Methods, args: readonly unknown[], line: string])[] = [
  ["getCertificates", [], "show ssl cert"],
  ["getCertificate", ["/etc/a b;c.pem"], "show ssl cert /etc/a\\ b\\;c.pem"],
  ["getCertificate", ["/etc/a.pem", { pending: true }], "show ssl cert */etc/a.pem"],
  ["newCertificate", ["/etc/a.pem"], "new ssl cert /etc/a.pem"],
  ["commitCertificate", ["/etc/a.pem"], "commit ssl cert /etc/a.pem"],
  ["abortCertificate", ["/etc/a.pem"], "abort ssl cert /etc/a.pem"],
  ["delCertificate", ["/etc/a.pem"], "del ssl cert /etc/a.pem"],
  ["dumpCertificate", ["/etc/a.pem"], "dump ssl cert /etc/a.pem"],
  ["getCaFiles", [], "show ssl ca-file"],
  ["getCaFile", ["@system-ca"], "show ssl ca-file @system-ca"],
  ["getCaFile", ["ca.pem", { index: 2, pending: true }], "show ssl ca-file *ca.pem:2"],
  ["newCaFile", ["ca.pem"], "new ssl ca-file ca.pem"],
  ["commitCaFile", ["ca.pem"], "commit ssl ca-file ca.pem"],
  ["abortCaFile", ["ca.pem"], "abort ssl ca-file ca.pem"],
  ["delCaFile", ["ca.pem"], "del ssl ca-file ca.pem"],
  ["getCrlFiles", [], "show ssl crl-file"],
  ["getCrlFile", ["crl.pem", { index: 1 }], "show ssl crl-file crl.pem:1"],
  ["newCrlFile", ["crl.pem"], "new ssl crl-file crl.pem"],
  ["commitCrlFile", ["crl.pem"], "commit ssl crl-file crl.pem"],
  ["abortCrlFile", ["crl.pem"], "abort ssl crl-file crl.pem"],
  ["delCrlFile", ["crl.pem"], "del ssl crl-file crl.pem"],
  ["getCrtLists", [], "show ssl crt-list"],
  ["getCrtList", ["certs.list"], "show ssl crt-list -n certs.list"],
  ["addToCrtList", ["certs.list", "a b.pem"], "add ssl crt-list certs.list a\\ b.pem"],
  ["delFromCrtList", ["certs.list", "a.pem"], "del ssl crt-list certs.list a.pem"],
  ["delFromCrtList", ["certs.list", "a.pem", 3], "del ssl crt-list certs.list a.pem:3"],
  ["getOcspResponses", [], "show ssl ocsp-response"],
  ["getOcspResponse", ["303b"], "show ssl ocsp-response 303b"],
  ["getOcspResponseBase64", ["/etc/a.pem"], "show ssl ocsp-response base64 /etc/a.pem"],
  ["getOcspUpdates", [], "show ssl ocsp-updates"],
  ["updateOcspResponse", ["/etc/a.pem"], "update ssl ocsp-response /etc/a.pem"],
  ["getSni", [], "show ssl sni"],
  ["getSni", [{ frontend: "web", days: 30 }], "show ssl sni -f web -A -t 30d"],
  ["getSni", [{ days: 0 }], "show ssl sni -A"],
  ["getTlsKeyFiles", [], "show tls-keys"],
  ["getTlsKeys", [], "show tls-keys *"],
  ["getTlsKeys", ["#0"], "show tls-keys #0"],
  ["setTlsKey", ["#0", "AAAA"], "set ssl tls-key #0 AAAA"],
  ["getSslProviders", [], "show ssl providers"],
  ["getJwtCertificates", [], "show ssl jwt"],
  ["addJwtCertificate", ["a.pem"], "add ssl jwt a.pem"],
  ["delJwtCertificate", ["a.pem"], "del ssl jwt a.pem"],
  ["getEch", [], "show ssl ech"],
  ["getEch", ["web/tls"], "show ssl ech web/tls"],
  ["delEch", ["web/tls", 3600], "del ssl ech web/tls 3600"],
  ["getAcmeStatus", [], "acme status"],
  ["renewAcme", ["a.pem"], "acme renew a.pem"],
  ["readyAcmeChallenge", ["a.pem", "happi.test"], "acme challenge_ready a.pem domain happi.test"],
  ["getBackends", [], "show backend"],
  ["enableDynamicCookie", ["web"], "enable dynamic-cookie backend web"],
  ["disableDynamicCookie", ["web"], "disable dynamic-cookie backend web"],
  ["setDynamicCookieKey", ["web", "se cret"], "set dynamic-cookie-key backend web se\\ cret"],
  ["publishBackend", ["web"], "publish backend web"],
  ["unpublishBackend", ["web"], "unpublish backend web"],
  ["addBackend", ["web", "base"], "add backend web from base"],
  ["addBackend", ["web", "base", { mode: "tcp", guid: "g1" }], "add backend web from base mode tcp guid g1"],
  ["delBackend", ["web"], "del backend web"],
  ["waitBackendRemovable", ["web", 1500], "wait 1500ms be-removable web"],
  ["setFrontendMaxconn", ["web", 100], "set maxconn frontend web 100"],
  ["enableFrontend", ["web"], "enable frontend web"],
  ["disableFrontend", ["#3"], "disable frontend #3"],
  ["shutdownFrontend", ["web"], "shutdown frontend web"],
  ["setGlobalMaxconn", [1000], "set maxconn global 1000"],
  ["setRateLimit", ["ssl-sessions", 50], "set rate-limit ssl-sessions global 50"],
  ["getProcesses", [], "show proc"],
  ["getMasterVersion", [], "show version"],
  ["getLoadLogs", [], "show startup-logs"],
  ["getPeers", [], "show peers"],
  ["getPeers", ["mates"], "show peers - mates"],
  ["getPeers", ["mates", { dict: true }], "show peers dict mates"],
  ["getPeers", [undefined, { dict: true }], "show peers dict"],
  ["getResolvers", [], "show resolvers"],
  ["getResolvers", ["dns1"], "show resolvers dns1"],
  ["getCache", [], "show cache"],
  ["getVar", ["proc.mode"], "get var proc.mode"],
  ["setVar", ["proc.mode", "fmt", "%[int(3)] x"], "set var proc.mode fmt %[int(3)]\\ x"],
  ["getActivity", [], "show activity"],
  ["getActivity", [-1], "show activity -1"],
  ["getPools", [], "show pools"],
  [
    "getPools",
    [{ by: "usage", detailed: true, match: "buf", limit: 3 }],
    "show pools byusage detailed match buf 3",
  ],
  ["getThreads", [], "show threads"],
  ["getTasks", [], "show tasks"],
  ["getFileDescriptors", [], "show fd"],
  ["getFileDescriptors", [{ kinds: "!lp", fd: 7 }], "show fd -!lp 7"],
  ["getLibraries", [], "show libs"],
  ["getDevInfo", [], "show dev"],
  ["getQuic", [], "show quic"],
  ["getQuic", ["full", "all"], "show quic full all"],
  ["getProfiling", [], "show profiling"],
  [
    "getProfiling",
    [{ what: "tasks", by: "time", aggregated: true, limit: 5 }],
    "show profiling tasks bytime aggr 5",
  ],
  ["setProfiling", ["tasks", "auto"], "set profiling tasks auto"],
  ["getDebugCounters", [], "debug counters show"],
  ["getDebugCounters", [{ type: "bug", all: true }], "debug counters show bug all"],
  ["resetDebugCounters", [], "debug counters reset"],
  ["setDebugCounters", ["off"], "debug counters off"],
  ["getStatsFile", [], "dump stats-file"],
  ["dumpStatsFile", [], "dump stats-file"],
  ["getTraceSources", [], "show trace"],
  ["getTrace", ["h1"], "show trace h1"],
  ["setTrace", ["h1", "sink", "buf0"], "trace h1 sink buf0"],
  ["setTrace", ["h1", "event", "+h1c_new"], "trace h1 event +h1c_new"],
  ["stopTraces", [], "trace 0"],
  ["getCliLevel", [], "show cli level"],
  ["getCliSockets", [], "show cli sockets"],
  ["getEnv", [], "show env"],
  ["getEnv", ["PATH"], "show env PATH"],
  ["getStartupLogs", [], "show startup-logs"],
  ["getAnon", [], "show anon"],
];

for (const [name, args, line] of LINES) {
  Deno.test(`${name}(${args.map((one) => JSON.stringify(one)).join(", ")}) sends "${line}"`, async () => {
    assert.equal((await lineOf(name, ...args)).command, line);
  });
}

Deno.test("addToCrtList() sends options and filters as a line of the file", async () => {
  const sent = await lineOf("addToCrtList", "certs.list", "a.pem", {
    ssl: "alpn h2,http/1.1 verify none",
    filters: ["*.happi.test", "!a.happi.test"],
  });
  assert.equal(sent.command, "add ssl crt-list certs.list");
  assert.equal(sent.options.payload, "a.pem [alpn h2,http/1.1 verify none] *.happi.test !a.happi.test");
});

Deno.test("setOcspResponse() sends the response as a payload, in one line", async () => {
  const sent = await lineOf("setOcspResponse", "MIIF\njAoB\nAKA=\n");
  assert.deepEqual([sent.command, sent.options.payload], ["set ssl ocsp-response", "MIIFjAoBAKA="]);
});

Deno.test("setVar() and the ECH methods enter the experimental mode", async () => {
  const ech =
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n-----BEGIN ECHCONFIG-----\nAAAA\n-----END ECHCONFIG-----\n";
  for (
    const sent of [
      await lineOf("setVar", "proc.a", "expr", "int(5)"),
      await lineOf("getEch"),
      await lineOf("addEch", "web/tls", ech),
      await lineOf("setEch", "web/tls", ech),
      await lineOf("delEch", "web/tls"),
    ]
  ) assert.deepEqual(sent.options.modes, ["experimental"], sent.command);
  assert.equal((await lineOf("addEch", "web/tls", ech)).options.payload, ech);
});

/** Calls that HAProxy would take without a word, or read as something else: nothing is sent. */
const REFUSED: readonly (readonly [name: keyof Methods, ...args: unknown[]])[] = [
  ["setGlobalMaxconn", "abc"],
  ["setGlobalMaxconn", -1],
  ["setGlobalMaxconn", 1.5],
  ["setGlobalMaxconn", 2 ** 31],
  ["setRateLimit", "sessions", Number.NaN],
  ["setRateLimit", "bandwidth", 1],
  ["setFrontendMaxconn", "web", "abc"],
  ["setFrontendMaxconn", "we b", 5],
  ["getVar", "txn.mode"],
  ["setVar", "proc.a b", "expr", "int(5)"],
  ["setTrace", "h1", "quit", "now"],
  ["getFileDescriptors", { kinds: "xyz" }],
  ["addToCrtList", "certs.list", "a b.pem", { filters: ["happi.test"] }],
  ["addToCrtList", "certs.list", "a.pem", { ssl: "alpn h2] evil [x" }],
  ["addToCrtList", "certs.list", "a.pem", { filters: ["a.test b.test"] }],
  ["addToCrtList", "certs.list", "a.pem", { filters: ["a.test\nquit"] }],
  ["getCertificate", "*site.pem"],
  ["setTlsKey", "#0", "not base64!"],
];

for (const [name, ...args] of REFUSED) {
  Deno.test(`${name}() refuses ${JSON.stringify(args)} and sends nothing`, async () => {
    const caller = new RecordingCaller();
    await assert.rejects(() => call(caller, name, ...args), InvalidArgument);
    assert.deepEqual(caller.commands, []);
  });
}
