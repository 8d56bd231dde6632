/**
 * What is wrong with a configuration file: where, which key, which value, and what it must be.
 */
import { HappiError } from "../errors.ts";

/** Where in a configuration something is wrong. */
export interface ConfigPlace {
  /** The file. */
  readonly file: string;
  /** From 1; `undefined` when it is about the file as a whole. */
  readonly line?: number | undefined;
  /** As it would be written on one line: `spoa.limit.rate`. */
  readonly key?: string | undefined;
}

/** A configuration file cannot be used. */
export class InvalidConfig extends HappiError {
  readonly place: ConfigPlace;

  /**
   * @param place where
   * @param why what is wrong: `is "x" and must be a whole number`
   * @param cause the error underneath
   */
  constructor(place: ConfigPlace, why: string, cause?: unknown) {
    const at = [
      ...(place.line === undefined ? [] : [`line ${place.line}`]),
      ...(place.key === undefined ? [] : [`key "${place.key}"`]),
    ].join(", ");
    const where = at === "" ? "" : `${at} `;
    super("invalid_config", `Cannot use "${place.file}": ${where}${why}`, cause === undefined ? undefined : { cause });
    this.place = place;
  }
}
