import assert from "node:assert/strict";
import { parseResolvers, parseResolversStat } from "../../../lib/client/formats/resolvers.ts";
import { captures } from "./capture_files.ts";
import { testHostileAnswers } from "./hostile_answers.ts";

Deno.test("parseResolvers() reads sections, name servers and counters of every version", () => {
  const sent = captures("show_resolvers").map((answer) => {
    const sections = parseResolvers(answer);
    assert.deepEqual(sections.map(({ name }) => name), ["dns1", "default"]);
    assert.deepEqual(sections[0]?.nameservers.map(({ name }) => name), ["ns1", "ns2"]);
    assert.equal(Object.keys(sections[0]?.nameservers[0]?.counters ?? {}).length, 15);
    return sections[0]?.nameservers[0]?.counters["sent"];
  });
  assert.deepEqual(sent, [6, 6, 4, 3]);
});

Deno.test("parseResolversStat() reads the same servers out of the CSV", () => {
  for (const answer of captures("show_stat_domain_resolvers")) {
    const sections = parseResolversStat(answer);
    assert.deepEqual(sections.map(({ name, nameservers }) => [name, nameservers.map((server) => server.name)]), [
      ["dns1", ["ns1", "ns2"]],
      ["default", ["10.255.255.53"]],
    ]);
    assert.equal(Object.keys(sections[0]?.nameservers[0]?.counters ?? {}).length, 15);
  }
});

testHostileAnswers("parseResolvers", parseResolvers, captures("show_resolvers"));
testHostileAnswers("parseResolversStat", parseResolversStat, captures("show_stat_domain_resolvers"));
