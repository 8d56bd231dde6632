/**
 * Where log lines go: to standard error, from the level that was asked for.
 */
import { configure } from "@logtape/logtape";
import type { Environment, Output } from "./environment.ts";
import { formatRecord, type Level, LOWEST } from "./log_format.ts";
import type { FormatRecord } from "./log_formats.ts";

/**
 * Sends happi's log lines to standard error.
 *
 * @param environment whose standard error
 * @param level the lowest level that is shown
 * @param format writes a record as a line; as HAPPI wrote it if not given
 */
export async function configureLogs(
  environment: Pick<Environment, "pid"> & { readonly stderr: Pick<Output, "write"> },
  level: Level,
  format: FormatRecord = formatRecord,
): Promise<void> {
  let waiting = 0;
  let leftOut = 0;
  await configure({
    reset: true,
    sinks: {
      stderr: (record) => {
        // Whoever reads the log may have stopped to: it must not cost memory without end.
        if (waiting >= MOST_WAITING) {
          leftOut++;
          return;
        }
        const gap = leftOut === 0 ? "" : `happi: ${leftOut} log lines are left out here: nobody read them\n`;
        leftOut = 0;
        waiting++;
        // A log line that cannot be written must not end the work that it tells of.
        const written = environment.stderr.write(`${gap}${format(record, environment.pid)}\n`).catch(() => {});
        void written.then(() => waiting--);
      },
    },
    loggers: [
      { category: "happi", lowestLevel: LOWEST[level], sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: null, sinks: [] },
    ],
  });
}

/** Lines that wait to be written; beyond that, lines are left out. */
const MOST_WAITING = 4096;
