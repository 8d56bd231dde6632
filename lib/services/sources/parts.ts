/**
 * A picture that is made of parts which are found out one by one: files of a folder, names, services of a catalog.
 *
 * A part that cannot be found out at the moment keeps what it was. Until all that there are at the start have been found
 * out, nothing is told: a picture that lacks a part would say that its units are gone.
 */
import { mergePictures } from "../merge.ts";
import type { Picture } from "../service.ts";
import type { SourceListener } from "../source.ts";

/** The part of a source that has only one; also the one that says which others there are. */
export const WHOLE = "";

/**
 * Parts, and what is wrong with them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Parts } from "./parts.ts";
 * const told: string[][] = [];
 * const parts = new Parts({ onPicture: (picture) => told.push([...picture.keys()]), onTrouble: () => {} });
 * parts.expect(["a", "b"]);
 * parts.put("a", new Map([["web", [{ unit: "web/0", hosts: [{ hostname: "10.0.0.1", port: 80 }] }]]]));
 * assert.deepEqual(told, []);
 * parts.put("b", new Map());
 * assert.deepEqual(told, [["web"]]);
 * ```
 */
export class Parts {
  readonly #listener: SourceListener;
  #expected: ReadonlySet<string> = new Set([WHOLE]);
  readonly #pictures = new Map<string, Picture>();
  readonly #troubles = new Map<string, string>();
  #isWhole = false;
  #isHeld = false;

  /** @param listener is told the whole whenever a part was found out */
  constructor(listener: SourceListener) {
    this.#listener = listener;
  }

  /** Says which parts there are; what is known of others is forgotten. */
  expect(parts: Iterable<string>): void {
    this.#expected = new Set(parts);
    for (const known of [this.#pictures, this.#troubles]) {
      for (const part of known.keys()) if (!this.#expected.has(part)) known.delete(part);
    }
    this.#publish();
  }

  /**
   * Takes the picture of a part.
   *
   * @param part which
   * @param picture all of it that is of use
   * @param trouble what was of no use
   */
  put(part: string, picture: Picture, trouble?: string): void {
    if (!this.#expected.has(part)) return;
    this.#pictures.set(part, picture);
    if (trouble === undefined) this.#troubles.delete(part);
    else this.#troubles.set(part, trouble);
    this.#publish();
  }

  /** A part is as it was: there is nothing wrong with it any more. */
  confirm(part: string): void {
    if (this.#troubles.delete(part)) this.#publish();
  }

  /** A part cannot be found out. */
  fail(part: string, why: string): void {
    if (!this.#expected.has(part)) return;
    this.#troubles.set(part, why);
    this.#publish();
  }

  /** Does several things at once: whoever listens is told of them together. */
  async together(work: () => Promise<void>): Promise<void> {
    this.#isHeld = true;
    try {
      await work();
    } finally {
      this.#isHeld = false;
      this.#publish();
    }
  }

  #publish(): void {
    if (this.#isHeld) return;
    const [trouble] = this.#troubles.values();
    this.#listener.onTrouble(trouble);
    this.#isWhole ||= [...this.#expected].every((part) => this.#pictures.has(part));
    if (!this.#isWhole) return;
    const services = mergePictures(this.#pictures.values());
    this.#listener.onPicture(new Map(services.map(({ service, units }) => [service, units])));
  }
}
