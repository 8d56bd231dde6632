/**
 * SQLite's result codes (sqlite.org/rescode.html) in words that tell people what to do.
 */
import { reason } from "../../errors.ts";
import { StoreFailed } from "../errors.ts";
import { ShelfBusy } from "../shelf.ts";

const WHY: Readonly<Record<number, string>> = {
  3: "permission denied",
  8: "the file or its disk is read-only",
  10: "the disk reports an error",
  11: "the file is broken",
  13: "the disk, or the store's largest size, is full",
  14: "the file cannot be opened: permission denied, or its directory is read-only or gone",
  26: "the file is no store",
};

/** Another process has it. */
const BUSY: readonly number[] = [5, 6];
/** Broken, and no database at all. */
const BROKEN: readonly number[] = [11, 26];
/** The file was moved or deleted while it was open. */
const MOVED = 1032;

/**
 * The store's error for SQLite's; anything else as it is.
 *
 * @param thrown what `node:sqlite` threw
 */
export function failureOf(thrown: unknown): unknown {
  const code = codeOf(thrown);
  if (code === undefined) return thrown;
  if (BUSY.includes(code & 0xff)) return new ShelfBusy(reason(thrown), { cause: thrown });
  return new StoreFailed("use the store", WHY[code & 0xff] ?? reason(thrown), thrown);
}

/** Whether only a new file helps. */
export function isBroken(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code !== undefined && (BROKEN.includes(code & 0xff) || code === MOVED);
}

/** `errcode` is SQLite's extended result code; its lowest byte is the plain one. */
function codeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return undefined;
  return typeof thrown.errcode === "number" ? thrown.errcode : undefined;
}
