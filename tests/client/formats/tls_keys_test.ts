import assert from "node:assert/strict";
import { parseTlsKeyFiles, parseTlsKeys } from "../../../lib/client/formats/tls_keys.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

const KEYS = "# id secret\n# 0 (/etc/tickets)\n0.0 AAAA\n0.1 BBB=\n# 1 (/etc/more)\n1.0 CCCC\n\n";

Deno.test("parseTlsKeyFiles() reads the empty list of every version", () => {
  for (const answer of captures("show_tls-keys")) assert.deepEqual(parseTlsKeyFiles(answer), []);
});

Deno.test("parseTlsKeys() reads the empty list of every version, and refuses an error text", () => {
  for (const answer of captures("show_tls-keys_*")) assert.deepEqual(parseTlsKeys(answer), []);
  assert.throws(() => parseTlsKeys("'show tls-keys' unable to locate referenced filename\n\n"), UnexpectedAnswer);
});

Deno.test("parseTlsKeys() puts each key under its file", () => {
  assert.deepEqual(parseTlsKeys(KEYS).map(({ id, keys }) => [id, keys]), [[0, ["AAAA", "BBB="]], [1, ["CCCC"]]]);
  assert.throws(() => parseTlsKeys("# id secret\n# 0 (/etc/tickets)\n1.0 AAAA\n"), UnexpectedAnswer);
});

testHostileAnswers("parseTlsKeyFiles", parseTlsKeyFiles, ["# id (file)\n0 (/etc/tickets)\n1 (/etc/more)\n\n"]);
testHostileAnswers("parseTlsKeys", parseTlsKeys, [KEYS]);
