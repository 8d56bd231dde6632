import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { formatRecord } from "../../lib/cli/log_format.ts";

const record = (fields: Partial<LogRecord>): LogRecord => ({
  category: ["happi", "socket"],
  level: "debug",
  message: ["text"],
  rawMessage: "text",
  timestamp: new Date(2026, 10, 21, 3, 4, 5, 6).getTime(),
  properties: {},
  ...fields,
});

Deno.test("formatRecord() writes HAPPI's line, in local time", () => {
  assert.equal(formatRecord(record({}), 42), "[2026-11-21 03:04:05,006][happi.socket][42][DEBUG]: text");
});

Deno.test("formatRecord() calls the levels as HAPPI did", () => {
  const names = (["trace", "debug", "info", "warning", "error", "fatal"] as const).map((level) =>
    /\[(\w+)\]:/.exec(formatRecord(record({ level }), 1))?.[1]
  );
  assert.deepEqual(names, ["DEBUG", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]);
});

Deno.test("formatRecord() shows what could steer a terminal", () => {
  assert.match(formatRecord(record({ message: ["\x1b[2J\x9b1A\t"] }), 1), /: \\x1b\[2J\\x9b1A\\t$/);
});

Deno.test("formatRecord() keeps one record on one line", () => {
  const line = formatRecord(record({ message: ["a\nb\r", new Error("c"), " ", { d: 1 }, " ", 7] }), 1);
  assert.match(line, /: a\\nb\\rc \{"d":1\} 7$/);
});
