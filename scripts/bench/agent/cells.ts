/**
 * What is asked, and how fast: the rows of the benchmark.
 *
 * @module
 */

/** A row. */
export interface Cell {
  readonly name: string;
  /** What a server asks; its number is 0 to {@linkcode SERVERS} - 1. */
  readonly line: (server: number, nodePort: number) => string;
  /** How many different questions there are. */
  readonly targets: number;
  /** Questions in a second; 0 is as fast as they are answered. */
  readonly rate: number;
}

/** So many servers, which ask every two seconds. */
export const SERVERS = 10_000;
const ASKED = SERVERS / 2;

const named = () => "web";
const tcp = (server: number, port: number) => `tcp|${nodeAddress(server)}:${port}`;
const v1 = (server: number, port: number) => `v1|http://${nodeAddress(server)}:${port}|10`;

/** All rows. A finding is the answer for a second, so that a target asked about every two seconds is looked at each time. */
export const CELLS: readonly Cell[] = [
  { name: "by name", line: named, targets: 1, rate: ASKED },
  { name: "tcp, one target", line: tcp, targets: 1, rate: ASKED },
  { name: "v1, one target", line: v1, targets: 1, rate: ASKED },
  { name: "tcp, 10,000 targets", line: tcp, targets: SERVERS, rate: ASKED },
  { name: "v1, 10,000 targets, every 10 s", line: v1, targets: SERVERS, rate: 1_000 },
  { name: "v1, 10,000 targets, every 5 s", line: v1, targets: SERVERS, rate: 2_000 },
  { name: "v1, 10,000 targets, every 3.3 s", line: v1, targets: SERVERS, rate: 3_000 },
  { name: "flat out: by name", line: named, targets: 1, rate: 0 },
  { name: "flat out: v1, one target", line: v1, targets: 1, rate: 0 },
  { name: "flat out: tcp, 10,000 targets", line: tcp, targets: SERVERS, rate: 0 },
  { name: "flat out: v1, 10,000 targets", line: v1, targets: SERVERS, rate: 0 },
];

/** An address of its own for each node, all of them this machine's. */
export function nodeAddress(server: number): string {
  return `127.1.${Math.floor(server / 250)}.${server % 250 + 1}`;
}

/** The questions of a row, one a line. */
export function linesOf({ line, targets }: Pick<Cell, "line" | "targets">, nodePort: number): string {
  return Array.from({ length: targets }, (_, server) => `${line(server, nodePort)}\n`).join("");
}
