import assert from "node:assert/strict";
import { parseSslProviders } from "../../../lib/client/formats/ssl_providers.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseSslProviders() gives the names", () => {
  for (const answer of captures("show_ssl_providers")) assert.deepEqual(parseSslProviders(answer), ["default"]);
});

testHostileAnswers("parseSslProviders", parseSslProviders, captures("show_ssl_providers"));
