/** Lines of log as term, logfmt and JSON. */

import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { LOG_FORMATS } from "../../lib/cli/log_formats.ts";

const RECORD: LogRecord = {
  category: ["happi", "agent"],
  level: "warning",
  message: ["Reloaded ", 2, " checks"],
  rawMessage: "Reloaded {count} checks",
  timestamp: Date.UTC(2026, 10, 21, 3, 4, 5, 6),
  properties: { count: 2, status: "up", error: 'say "no"\n', facts: { a: 1 }, big: 2n ** 63n },
};

Deno.test("LOG_FORMATS.term adds the fields that the message does not say", () => {
  assert.match(
    LOG_FORMATS.term(RECORD, 7),
    /\[happi\.agent\]\[7\]\[WARNING\]: Reloaded 2 checks status=up error="say \\"no\\"\\u000a" facts="\{\\"a\\":1\}" big=9223372036854775808$/,
  );
});

Deno.test("LOG_FORMATS.logfmt and json have the seed's names for time, level and message", () => {
  assert.equal(
    LOG_FORMATS.logfmt({ ...RECORD, properties: { count: 2, status: "up" } }, 7),
    't=2026-11-21T03:04:05.006Z lvl=warn msg="Reloaded 2 checks" logger=happi.agent status=up',
  );
  assert.deepEqual(JSON.parse(LOG_FORMATS.json(RECORD, 7)), {
    t: "2026-11-21T03:04:05.006Z",
    lvl: "warn",
    msg: "Reloaded 2 checks",
    logger: "happi.agent",
    status: "up",
    error: 'say "no"\n',
    facts: { a: 1 },
    big: "9223372036854775808",
  });
});

Deno.test("LOG_FORMATS.json-pretty is the same JSON on several lines", () => {
  const text = LOG_FORMATS["json-pretty"](RECORD, 7);
  assert.deepEqual(JSON.parse(text), JSON.parse(LOG_FORMATS.json(RECORD, 7)));
  assert.match(text, /^\{\n {4}"t": "2026-/);
});

Deno.test("LOG_FORMATS.logfmt keeps a value's end where it is, whatever is in it", () => {
  const said = (value: string) => LOG_FORMATS.logfmt({ ...RECORD, properties: { value } }, 7).replace(/^.* value=/, "");
  assert.equal(said("a\\"), String.raw`"a\\"`);
  assert.equal(said('\\" lvl=crit x="'), String.raw`"\\\" lvl=crit x=\""`);
  assert.equal(said("a\nb"), String.raw`"a\u000ab"`);
});
