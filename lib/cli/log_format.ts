/**
 * A line of log as HAPPI writes it: `[<asctime>][<logger>][<pid>][<LEVEL>]: <message>`.
 */
import type { LogLevel, LogRecord } from "@logtape/logtape";

/** The levels' names on the command line and in log lines. */
export const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;

/** One of {@linkcode LEVELS}. */
export type Level = typeof LEVELS[number];

const LEVEL_OF: Readonly<Record<LogLevel, Level>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warning: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/** The levels' names in other formats of logs. */
export const LEVEL_NAMES: Readonly<Record<LogLevel, string>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
  fatal: "crit",
};

/** The lowest of the logging library's levels that each name lets through. */
export const LOWEST: Readonly<Record<Level, LogLevel>> = {
  DEBUG: "trace",
  INFO: "info",
  WARNING: "warning",
  ERROR: "error",
  CRITICAL: "fatal",
};

/**
 * Writes one record.
 *
 * @param pid this process's number
 * @returns one line without its line feed; control characters within the message are escaped, so that a line stays one
 */
export function formatRecord(record: LogRecord, pid: number): string {
  const message = record.message.map((part) => typeof part === "string" ? part : plain(part)).join("");
  const oneLine = message.replace(
    /\p{Cc}/gu,
    (one) => ESCAPES[one] ?? `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `[${asctime(record.timestamp)}][${record.category.join(".")}][${pid}][${LEVEL_OF[record.level]}]: ${oneLine}`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Local time as Python's logging writes it: `2026-11-21 03:22:11,123`. */
function asctime(timestamp: number): string {
  const at = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${day} ${time},${String(at.getMilliseconds()).padStart(3, "0")}`;
}

function plain(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
