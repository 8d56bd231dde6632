/**
 * What the checker has to say about a line, and what HAProxy itself does about it.
 */
import type { Word } from "./words.ts";

/** A remark on a configuration. */
export interface Diagnostic {
  /** From 1; 0 when it is about the file as a whole. */
  readonly line: number;
  /** From 1, where one word is at fault. */
  readonly column?: number;
  /** An `error` does not work; a `warning` does something else than it seems to; a `note` is worth knowing. */
  readonly severity: "error" | "warning" | "note";
  /** A stable word for programs. */
  readonly code: string;
  /** What is the matter. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** What HAProxy does at start: it refuses the configuration, warns, or says nothing. */
  readonly haproxy: "refuses" | "warns" | "is silent";
}

/** What belongs to a kind of remark, whatever the line. */
export type DiagnosticKind = Pick<Diagnostic, "severity" | "haproxy">;

/** It does not start. */
export const REFUSED: DiagnosticKind = { severity: "error", haproxy: "refuses" };
/** It starts and complains. */
export const WARNED: DiagnosticKind = { severity: "warning", haproxy: "warns" };
/** It starts, says nothing, and does not do it. */
export const DEAD: DiagnosticKind = { severity: "error", haproxy: "is silent" };
/** It starts, says nothing, and does something else. */
export const SILENT: DiagnosticKind = { severity: "warning", haproxy: "is silent" };
/** Worth knowing. */
export const NOTED: DiagnosticKind = { severity: "note", haproxy: "is silent" };

/** Where a remark belongs. */
export type Place = Pick<Word, "line" | "column"> | { readonly line: number };

/** Remarks as they are found. */
export class Diagnostics {
  readonly found: Diagnostic[] = [];
  readonly #suggestions = new Map<string, number>();

  /**
   * Adds a remark.
   *
   * @param kind how bad it is, and what HAProxy does
   * @param place the word or line
   * @param code a stable word
   * @param message what is the matter
   * @param hint what to do; one that takes time to find is a function, and is found for the first 100 of a code only: a
   *   hostile file has as many wrong names as it likes
   */
  add(kind: DiagnosticKind, place: Place, code: string, message: string, hint: string | (() => string)): void {
    const { line } = place;
    const column = "column" in place ? { column: place.column } : {};
    this.found.push({
      line,
      ...column,
      ...kind,
      code,
      message,
      hint: typeof hint === "string" ? hint : this.#found(code, hint),
    });
  }

  #found(code: string, hint: () => string): string {
    const count = (this.#suggestions.get(code) ?? 0) + 1;
    this.#suggestions.set(code, count);
    return count > MOST_SUGGESTIONS ? "see the hints above" : hint();
  }

  /** All remarks, in the order of the file. */
  sorted(): Diagnostic[] {
    return this.found.toSorted((a, b) => a.line - b.line || (a.column ?? 0) - (b.column ?? 0));
  }
}

const MOST_SUGGESTIONS = 100;
