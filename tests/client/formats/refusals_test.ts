import assert from "node:assert/strict";
import { parseBackends } from "../../../lib/client/formats/backend.ts";
import { UnexpectedAnswer } from "../../../lib/client/formats/errors.ts";
import { parseErrors } from "../../../lib/client/formats/errors_captured.ts";
import { parseInfo } from "../../../lib/client/formats/info.ts";
import { parseAclEntries, parseMapEntries, parseNewVersion } from "../../../lib/client/formats/map.ts";
import { parseAcls, parseMaps } from "../../../lib/client/formats/pattern_list.ts";
import { parseAclLookup, parseMapLookup } from "../../../lib/client/formats/pattern_lookup.ts";
import { parseServersConn } from "../../../lib/client/formats/servers_conn.ts";
import { parseServersState } from "../../../lib/client/formats/servers_state.ts";
import { parseSession, parseSessions } from "../../../lib/client/formats/sessions.ts";
import { parseStat } from "../../../lib/client/formats/stat.ts";
import { parseTable, parseTables } from "../../../lib/client/formats/table.ts";
import { parseTypedInfo, parseTypedStat } from "../../../lib/client/formats/typed.ts";
import { parseWeight } from "../../../lib/client/formats/weight.ts";
import { capture, exchanges, VERSIONS } from "./capture_files.ts";

// Not here: parseEvents, because a ring's lines may be any text.
// deno-fmt-ignore -- packed, as the table it is
const PARSERS = {
  parseBackends, parseErrors, parseInfo, parseAclEntries, parseMapEntries, parseNewVersion, parseAcls, parseMaps,
  parseAclLookup, parseMapLookup, parseServersConn, parseServersState, parseSession, parseSessions, parseStat, parseTable,
  parseTables, parseTypedInfo, parseTypedStat, parseWeight,
};

/** Commands that change something: what they say is a success or a failure, and never one of these formats. */
const CHANGES = /^(?!show |get |prepare |help)/;

for (const [symbol, parse] of Object.entries(PARSERS)) {
  Deno.test(`${symbol}() refuses all that real HAProxys said to commands that it does not read`, () => {
    for (const version of VERSIONS) {
      const said = exchanges(version, "error-texts")
        .filter(({ command, answer }) => CHANGES.test(command) && answer.trim() !== "")
        .map(({ answer }) => answer);
      assert.ok(said.length > 100);
      for (const text of [...said, capture(version, "nonsense"), capture(version, "show_servers_state_nope")]) {
        if (isAnswer(symbol, text)) continue;
        assert.throws(() => parse(text), UnexpectedAnswer, `${version} ${JSON.stringify(text)}`);
      }
    }
  });
}

/** A version number is what one parser is for, wherever the text came from. */
function isAnswer(symbol: string, text: string): boolean {
  return symbol === "parseNewVersion" && text.startsWith("New version created: ");
}
