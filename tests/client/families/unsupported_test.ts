/** What a version lacks is said plainly: which version has it. */

import assert from "node:assert/strict";
import { Client } from "../../../lib/client/client.ts";
import { compareBranch, parseVersion } from "../../../lib/client/formats/version.ts";
import { METHODS, type Methods } from "../../../lib/client/methods.ts";
import { certificate } from "../../peers/certificates.ts";
import { REALISTIC, testEachHaproxy } from "../../peers/haproxy.ts";

const ECH = `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n` +
  `-----BEGIN ECHCONFIG-----\nAAAA\n-----END ECHCONFIG-----\n`;

/** A call of every method that some version of the tests lacks. */
const NEWER: readonly (readonly [name: keyof Methods, ...args: unknown[]])[] = [
  ["addToCaFile", "ca.pem", certificate("ca")],
  ["getOcspResponseBase64", "abcd"],
  ["getOcspUpdates"],
  ["updateOcspResponse", "site.pem"],
  ["getSni"],
  ["dumpCertificate", "site.pem"],
  ["getJwtCertificates"],
  ["addJwtCertificate", "site.pem"],
  ["delJwtCertificate", "site.pem"],
  ["getEch"],
  ["addEch", "fe_web/tls", ECH],
  ["setEch", "fe_web/tls", ECH],
  ["delEch", "fe_web/tls"],
  ["getAcmeStatus"],
  ["renewAcme", "site.pem"],
  ["readyAcmeChallenge", "site.pem", "happi.test"],
  ["publishBackend", "be_web"],
  ["unpublishBackend", "be_web"],
  ["addBackend", "be_new", "base"],
  ["delBackend", "be_web"],
  ["waitBackendRemovable", "be_web", 10],
  ["getDevInfo"],
  ["getQuic"],
  ["getStatsFile"],
  ["dumpStatsFile"],
  ["getDebugCounters"],
  ["resetDebugCounters"],
  ["setDebugCounters", "off"],
  ["getAnon"],
];

/** Commands that Debian brought into an older version. */
const BACKPORTED: readonly (readonly [version: string, name: keyof Methods])[] = [
  ["3.0", "getDebugCounters"],
  ["3.0", "resetDebugCounters"],
  ["3.2", "readyAcmeChallenge"],
];

testEachHaproxy("what a version lacks is an error that names the version which has it", REALISTIC, async (haproxy) => {
  await using client = new Client(haproxy.socketPath);
  const { branch } = parseVersion(await haproxy.ask("show version"));
  for (const [name, ...args] of NEWER) {
    const { since } = METHODS[name];
    const isBackported = BACKPORTED.some(([version, one]) => version === haproxy.build.version && one === name);
    if (isBackported || compareBranch(branch, since) >= 0) continue;
    await assert.rejects(async () => await client.call(name, args), { name: "UnsupportedCommand", since }, name);
  }
});
