/**
 * Whether what a process holds stays what it was: the middle of its second quarter against that of its last.
 *
 * @module
 */

import { median } from "../bench/table.ts";

/** What a process holds at a moment. */
export interface Holding {
  /** Memory in use, in MiB. */
  readonly memoryMib: number;
  /** Open file descriptors. */
  readonly descriptors: number;
}

/** How much more a thing may be in the end: this share, and so many. */
interface Allowance {
  readonly share: number;
  readonly most: number;
  readonly unit: string;
}

const ALLOWED: Readonly<Record<keyof Holding, Allowance>> = {
  memoryMib: { share: 0.1, most: 8, unit: "MiB" },
  // A connection or two may just be open.
  descriptors: { share: 0.5, most: 4, unit: "file descriptors" },
};

const THINGS = ["memoryMib", "descriptors"] as const satisfies readonly (keyof Holding)[];

/**
 * What has grown.
 *
 * @param samples at even distances, from the start to the end
 * @returns a line for each thing that is not flat
 */
export function grown(samples: readonly Holding[]): string[] {
  return THINGS.flatMap((thing) => {
    const { share, most, unit } = ALLOWED[thing];
    const [before, after] = [1, 3].map((quarter) => {
      const from = Math.floor(samples.length * quarter / 4);
      const to = Math.floor(samples.length * (quarter + 1) / 4);
      return median(samples.slice(from, to).map((sample) => sample[thing]));
    });
    if (before === undefined || after === undefined || Number.isNaN(before) || Number.isNaN(after)) {
      return [`${unit} were not counted often enough: ${samples.length} samples`];
    }
    const isFlat = after - before < most && after < before * (1 + share);
    return isFlat ? [] : [`it held ${before.toFixed(1)} ${unit}, then ${after.toFixed(1)}`];
  });
}
