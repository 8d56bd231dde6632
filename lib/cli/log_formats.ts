/**
 * A line of log in each of the formats that can be asked for: `term` as all of happi writes it, the others with the field
 * names of the Antelope health checks (`t`, `lvl`, `msg`).
 */
import type { LogRecord } from "@logtape/logtape";
import { formatRecord, LEVEL_NAMES } from "./log_format.ts";

/** The formats' names on the command line. */
export const LOG_FORMAT_NAMES = ["term", "logfmt", "json", "json-pretty"] as const;

/** One of {@linkcode LOG_FORMAT_NAMES}. */
export type LogFormat = typeof LOG_FORMAT_NAMES[number];

/** Writes a record without its line feed: as one line, but for `json-pretty`. */
export type FormatRecord = (record: LogRecord, pid: number) => string;

/** Each format. */
export const LOG_FORMATS: Readonly<Record<LogFormat, FormatRecord>> = {
  term(record, pid) {
    const fields = Object.entries(ownFields(record)).map(fieldText);
    return [formatRecord(record, pid), ...fields].join(" ");
  },
  logfmt: (record) => Object.entries(allFields(record)).map(fieldText).join(" "),
  json: (record) => toJson(record),
  "json-pretty": (record) => toJson(record, 4),
};

function toJson(record: LogRecord, indent?: number): string {
  return JSON.stringify(allFields(record), (_, value) => typeof value === "bigint" ? String(value) : value, indent);
}

function allFields(record: LogRecord): Record<string, unknown> {
  return {
    t: new Date(record.timestamp).toISOString(),
    lvl: LEVEL_NAMES[record.level],
    msg: record.message.map((part) => typeof part === "string" ? part : plain(part)).join(""),
    logger: record.category.join("."),
    ...ownFields(record),
  };
}

/** The fields that the message does not say itself. */
function ownFields({ properties, rawMessage }: LogRecord): Record<string, unknown> {
  const said = typeof rawMessage === "string" ? rawMessage : "";
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !said.includes(`{${name}}`)));
}

/** `name=value`, in quotes where it needs them. */
function fieldText([name, value]: readonly [string, unknown]): string {
  const given = String(plain(value));
  if (/^[^\s"=\\\p{Cc}]+$/u.test(given)) return `${name}=${given}`;
  const text = given.replaceAll(/["\\]/g, "\\$&").replaceAll(
    /\p{Cc}/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${name}="${text}"`;
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
