import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeAnswer } from "../../../lib/client/formats/outcome.ts";
import { exchanges, VERSIONS } from "./capture_files.ts";

const site = "/etc/haproxy/ssl/site.pem";
const ca = "/etc/haproxy/ssl/ca.crt";
const crl = "/etc/haproxy/ssl/crl.pem";

/** Every answer with text that is a success, read out of the captures by hand: start of the command, whole answer. */
const SUCCESSES: readonly (readonly [string, string])[] = [
  ["set server be_web/web1 addr", "IP changed from '127.0.0.1' to '127.0.0.9' by 'stats socket command'"],
  [
    "set server be_web/web1 addr",
    "IP changed from '127.0.0.9' to '127.0.0.1', port changed from '29100' to '29101' by 'stats socket command'",
  ],
  [
    "set server be_web/web1 addr",
    "IP changed from '::1' to '127.0.0.1', port changed from '29100' to '34463' by 'stats socket command'",
  ],
  [
    "set server be_web/web1 addr",
    "IP changed from '127.0.0.1' to '::1', no need to change the port by 'stats socket command'",
  ],
  ["set server be_web/web1 addr", "IP changed from '127.0.0.1' to '::1' by 'stats socket command'"],
  [
    "set server be_web/web1 addr",
    "no need to change the addr, port changed from '29101' to '29100' by 'stats socket command'",
  ],
  ["set server be_web/web1 addr", "no need to change the addr, no need to change the port by 'stats socket command'"],
  ["set server be_web/web1 addr", "no need to change the addr by 'stats socket command'"],
  ["set server be_web/web1 addr", "port changed from '29101' to '29100' by 'stats socket command'"],
  ["set server be_web/web1 addr", "nothing changed"],
  [
    "set server be_web/web7 fqdn",
    "be_web/web7 changed its FQDN from fqdn.example.test to y.example.test by 'stats socket command'",
  ],
  ["set server be_static/st4 ssl", "server ssl setting updated."],
  ["prepare map", "New version created: 1"],
  ["prepare map", "New version created: 2"],
  ["prepare acl", "New version created: 1"],
  [`set ssl cert ${site} `, `Transaction created for certificate ${site}!`],
  [`set ssl cert ${site}.ocsp `, `Transaction updated for certificate ${site}!`],
  [`abort ssl cert ${site}`, `Transaction aborted for certificate '${site}'!`],
  [`commit ssl cert ${site}`, `Committing ${site}..\nSuccess!`],
  ["new ssl cert new1.pem", "New empty certificate store 'new1.pem'!"],
  ["del ssl cert new1.pem", "Certificate 'new1.pem' deleted!"],
  ["new ssl ca-file newca.pem", "New CA file created 'newca.pem'!"],
  ["set ssl ca-file newca.pem", "transaction created for CA newca.pem!"],
  ["add ssl ca-file newca.pem", "transaction updated for CA newca.pem!"],
  ["commit ssl ca-file newca.pem", "Committing newca.pem\nSuccess!"],
  ["del ssl ca-file newca.pem", "CA file 'newca.pem' deleted!"],
  [`set ssl ca-file ${ca}`, `transaction created for CA ${ca}!`],
  [`commit ssl ca-file ${ca}`, `Committing ${ca}.\nSuccess!`],
  [`abort ssl ca-file ${ca}`, `Transaction aborted for certificate '${ca}'!`],
  ["new ssl crl-file newcrl.pem", "New CRL file created 'newcrl.pem'!"],
  ["set ssl crl-file newcrl.pem", "transaction created for CRL newcrl.pem!"],
  ["commit ssl crl-file newcrl.pem", "Committing newcrl.pem\nSuccess!"],
  ["del ssl crl-file newcrl.pem", "CRL file 'newcrl.pem' deleted!"],
  [`set ssl crl-file ${crl}`, `transaction created for CRL ${crl}!`],
  [`commit ssl crl-file ${crl}`, `Committing ${crl}.\nSuccess!`],
  ["add server ", "New server registered."],
  ["del server ", "Server deleted."],
  ["add backend ", "New backend registered."],
  // A message that was left over from the command before.
  ["del backend ", "Server deleted.\nBackend deleted."],
  ["del backend ", "Backend deleted."],
  ["publish backend ", "Backend published."],
  ["unpublish backend ", "Backend unpublished."],
  ["wait ", "Done."],
  ["trace 0", "All traces now stopped"],
];

for (const version of VERSIONS) {
  Deno.test(`judgeAnswer() judges every captured answer of HAProxy ${version} as a person did`, () => {
    const captured = exchanges(version, "error-texts");
    assert.equal(captured.length, 542);
    for (const { command, answer } of captured) {
      const text = answer.replace(/\n+$/, "");
      const success = text === "" ||
        SUCCESSES.some(([start, message]) => command.startsWith(start) && text === message);
      const expected = success ? { ok: true, message: text } : { ok: false };
      const { ok, ...words } = judgeAnswer(command, answer);
      assert.deepEqual(success ? { ok, ...words } : { ok }, expected, `${command}: ${answer}`);
    }
  });

  Deno.test(`judgeAnswer() follows the certificate workflow of HAProxy ${version}`, () => {
    const writes = exchanges(version, "ssl-workflow").filter(({ command }) => !/^(?:show|dump) /.test(command));
    assert.ok(writes.length > 20);
    for (const { command, answer } of writes) {
      const refused = /^(?:Can't|Unknown command)/.test(answer);
      assert.equal(judgeAnswer(command, answer).ok, !refused, `${command}: ${answer}`);
    }
  });
}

Deno.test("judgeAnswer() gives every success of the table in some version", () => {
  const captured = VERSIONS.flatMap((version) => exchanges(version, "error-texts"));
  for (const [start, message] of SUCCESSES) {
    assert.ok(
      captured.some(({ command, answer }) => command.startsWith(start) && answer.replace(/\n+$/, "") === message),
      `${start}: ${message}`,
    );
  }
});

Deno.test("judgeAnswer() refuses when 2.6 changed another certificate's transaction", () => {
  const outcome = judgeAnswer("set ssl cert other.pem <<\n...", "Transaction updated for certificate site.pem!\n");
  assert.deepEqual(outcome, {
    ok: false,
    reason: "HAProxy changed the transaction of another file: Transaction updated for certificate site.pem!",
  });
});

Deno.test("judgeAnswer() accepts the parts of a certificate store under its name", () => {
  const answer = "Transaction updated for certificate site.crt!\n";
  for (const part of ["site.crt", "site.crt.issuer", "site.key"]) {
    assert.equal(judgeAnswer(`set ssl cert ${part} <<`, answer).ok, true, part);
  }
  assert.equal(
    judgeAnswer("set ssl cert my\\ site.pem <<", "Transaction created for certificate my site.pem!\n").ok,
    true,
  );
});

Deno.test("judgeAnswer() refuses when the lines of a cut payload ran as commands", () => {
  const answer = "Transaction created for certificate site.pem!\n\nUnknown command: 'MIIE'\n\n";
  assert.equal(judgeAnswer("set ssl cert site.pem <<", answer).ok, false);
  assert.equal(
    judgeAnswer("set ssl cert site.pem <<", "Unknown command: 'x'\n\nTransaction created for certificate site.pem!\n")
      .ok,
    false,
  );
});

Deno.test("judgeAnswer() refuses silence where HAProxy confirms", () => {
  for (const command of ["commit ssl cert site.pem", "add server web/s1 10.0.0.1:80", "wait 100", "del backend web"]) {
    assert.equal(judgeAnswer(command, "\n").ok, false, command);
  }
});

Deno.test("judgeAnswer() tells the ends of wait apart", () => {
  const ends: [string, boolean][] = [
    ["Done.\n\n", true],
    ["Failed.\n\n", false],
    ["Failed. No such server.\n\n", false],
    ["Wait delay expired.\n\n", false],
    ["Wait delay expired. Server still has connections attached to it, cannot remove it.\n\n", false],
    ["Interrupted.\n\n", false],
    ["Interrupted. (null)\n\n", false],
  ];
  for (const [answer, ok] of ends) assert.equal(judgeAnswer("wait 2s srv-removable be/dyn", answer).ok, ok, answer);
});

Deno.test("judgeAnswer() never throws, and takes no arbitrary text for a success", () => {
  const commands = ["set server a/b state ready", "commit ssl cert x", "show info", "", "wait 1", "set ssl cert x <<"];
  fc.assert(fc.property(fc.constantFrom(...commands), fc.string({ unit: "binary" }), (command, answer) => {
    const outcome = judgeAnswer(command, answer);
    if (answer.replace(/\n+$/, "") !== "") assert.equal(outcome.ok, false);
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (command) => {
    assert.equal(judgeAnswer(command, "Permission denied\n\n").ok, false);
  }));
});

Deno.test("judgeAnswer() takes linear time on long answers and commands", () => {
  for (const filler of [" ", "a", "'", "!", "\\", "a ", "\n"]) {
    const long = filler.repeat(100_000);
    const start = performance.now();
    judgeAnswer(`set server a/b addr ${long}`, `IP changed from '${long}`);
    judgeAnswer(`set ssl cert ${long}`, `Transaction created for certificate ${long}`);
    judgeAnswer(`del ssl crt-list l ${long}`, `Entry '${long}`);
    assert.ok(performance.now() - start < 1_500, JSON.stringify(filler));
  }
});
