/**
 * Counters that are to survive a reload (management guide, 9.3 "dump stats-file").
 */
import { parseStatsFile, type StatsFileSection } from "../formats/stats_file.ts";
import type { Rows } from "../method.ts";

/** Methods for the file of counters. */
export interface StatsFileMethods {
  /**
   * Reads the counters of all objects that have a `guid`. Since HAProxy 3.0.
   *
   * @returns frontends and backends apart
   */
  getStatsFile(): Promise<StatsFileSection[]>;

  /**
   * Gives the same as text: written to a file, it is what the setting `stats-file` reads when HAProxy starts. Since HAProxy
   * 3.0.
   */
  dumpStatsFile(): Promise<string>;
}

const READ = { kind: "command", since: "3.0", level: "user", effect: "read", parameters: [] } as const;

/** The rows of {@linkcode StatsFileMethods}. */
export const statsFileMethods: Rows<StatsFileMethods> = {
  getStatsFile: {
    ...READ,
    summary: "Counters of all objects that have a guid",
    command: () => "dump stats-file",
    parse: parseStatsFile,
  },
  dumpStatsFile: {
    ...READ,
    summary: "The same as text, for the setting stats-file",
    command: () => "dump stats-file",
    parse(answer) {
      parseStatsFile(answer); // what is no such file must not be kept as one
      return `${answer.trimEnd()}\n`;
    },
  },
};
