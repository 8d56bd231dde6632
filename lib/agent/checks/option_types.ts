/**
 * The sorts of values that options of checks have. Each is read from its own type and from text, since the wire and
 * the command line have only text.
 */
import { parseTargetUrl } from "../target/http.ts";
import { parseHost } from "../target/host.ts";

/** A sort of value. */
export interface OptionType<T> {
  /** What it must be, as the end of "it must be …". */
  readonly wanted: string;
  /** Reads a value; `undefined` when it does not fit. */
  readonly read: (value: unknown) => T | undefined;
}

/** A sort of value of the check's own. */
export function custom<T>(wanted: string, read: (value: unknown) => T | undefined): OptionType<T> {
  return { wanted, read };
}

/** Text that is not empty, on one line. */
export function text(most = 1024): OptionType<string> {
  return custom(
    `a text of 1 to ${most} characters on one line`,
    (value) =>
      typeof value === "string" && value.length > 0 && value.length <= most && !/[\r\n\0]/.test(value)
        ? value
        : undefined,
  );
}

/** A whole number between two others, both included. */
export function integer(least: number, most: number): OptionType<number> {
  return custom(`an integer from ${least} to ${most}`, (value) => {
    const number = typeof value === "string" && /^[+-]?\d{1,16}$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isSafeInteger(number) && number >= least && number <= most
      ? number
      : undefined;
  });
}

/**
 * Milliseconds: a number of them, or text such as `500ms`, `1.5s`, `2m`, `1h`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { duration } from "./option_types.ts";
 * assert.deepEqual(["1.5s", 250, "2m", "soon"].map(duration().read), [1500, 250, 120_000, undefined]);
 * ```
 */
export function duration(leastMs = 0, mostMs = 7 * 24 * 3_600_000): OptionType<number> {
  return custom(`a time from ${leastMs} ms to ${mostMs} ms, such as "1.5s"`, (value) => {
    const [, digits, unit = "ms"] = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)?$/.exec(String(value)) ?? [];
    const ms = Math.round(Number(digits) * (UNITS[unit] ?? NaN));
    return (typeof value === "string" || typeof value === "number") && ms >= leastMs && ms <= mostMs ? ms : undefined;
  });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `true` or `false`; as text also `yes`, `no`, `on`, `off`, `1`, `0`. */
export const flag: OptionType<boolean> = custom(
  "true or false",
  (value) => typeof value === "boolean" ? value : FLAGS.get(String(value).toLowerCase()),
);

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

/** A list of values; as text divided by commas. */
export function list<T>(type: OptionType<T>, most = 256): OptionType<readonly T[]> {
  return custom(`a list of 1 to ${most}, each ${type.wanted}`, (value) => {
    const items: unknown = typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
    if (!Array.isArray(items) || items.length === 0 || items.length > most) return undefined;
    const values: T[] = [];
    for (const item of items) {
      const read = type.read(item);
      if (read === undefined) return undefined;
      values.push(read);
    }
    return values;
  });
}

/** One of several words. */
export function oneOf<const Word extends string>(words: readonly Word[]): OptionType<Word> {
  return custom(
    `one of ${words.map((word) => `"${word}"`).join(", ")}`,
    (value) => words.find((word) => word === value),
  );
}

/** An http or https URL. */
export const httpUrl: OptionType<URL> = custom(
  'a URL such as "http://10.0.0.1:8080/health", without a user name',
  (value) => typeof value === "string" && value.length <= 2048 ? parseTargetUrl(value) : undefined,
);

/** A host and a port: `10.0.0.1:25`, `mail.example.com:25`, `[::1]:25`. */
export const hostPort: OptionType<{ readonly host: string; readonly port: number }> = custom(
  'a host with a port such as "10.0.0.1:25" or "[::1]:25"',
  (value) => {
    const [, host = "", digits] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(typeof value === "string" ? value : "") ?? [];
    const port = Number(digits);
    const parsed = parseHost(host);
    return parsed !== undefined && port >= 1 && port <= 65535 ? { host: parsed.text, port } : undefined;
  },
);
