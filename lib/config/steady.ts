/**
 * The keys that every check has: how a finding becomes an answer that is quick and does not flap.
 */
import type { Reply, SteadyOptions } from "../agent/mod.ts";
import type { Document, Table } from "./document.ts";
import type { PathPart } from "./positions.ts";
import { integer, oneOf, readTable, type Schema } from "./schema.ts";
import { milliseconds, reply } from "./schema_of_checks.ts";

/** The keys, as they are in a file. */
interface SteadyKeys {
  readonly max_age: number;
  readonly every: number;
  readonly deadline: number;
  readonly on_deadline: Reply;
  readonly stale_for: number;
  readonly rise: number;
  readonly fall: number;
  readonly min_dwell: number;
  readonly on_up: Reply;
  readonly on_down: Reply;
  readonly on_stop: "free" | "hold";
}

const HOUR_MS = 3_600_000;

const SCHEMA: Schema<SteadyKeys> = {
  max_age: milliseconds(0, HOUR_MS),
  every: milliseconds(10, HOUR_MS),
  deadline: milliseconds(10, 10 * 60_000),
  on_deadline: reply,
  stale_for: milliseconds(0, 24 * HOUR_MS),
  rise: integer(1, 1000),
  fall: integer(1, 1000),
  min_dwell: milliseconds(0, 24 * HOUR_MS),
  on_up: reply,
  on_down: reply,
  on_stop: oneOf(["free", "hold"]),
};

/** The options in code of the keys in a file. */
const NAMES = {
  max_age: "maxAgeMs",
  every: "everyMs",
  deadline: "deadlineMs",
  on_deadline: "onDeadline",
  stale_for: "staleForMs",
  rise: "rise",
  fall: "fall",
  min_dwell: "minDwellMs",
  on_up: "onUp",
  on_down: "onDown",
  on_stop: "onStop",
} as const satisfies Record<keyof SteadyKeys, keyof SteadyOptions>;

/** Whether a key of a check is one that every check has. */
export function isSteadyKey(key: string): boolean {
  return Object.hasOwn(SCHEMA, key);
}

/** Reads them. @throws {InvalidConfig} */
export function readSteady(document: Document, path: readonly PathPart[], table: Table): SteadyOptions {
  const found = readTable<SteadyKeys>(document, path, table, SCHEMA);
  return Object.fromEntries(
    Object.entries(NAMES).flatMap(([key, name]) => {
      const value = found[key as keyof SteadyKeys];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
