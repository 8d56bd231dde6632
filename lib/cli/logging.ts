/**
 * Where log lines go: to standard error, from the level that was asked for.
 */
import { configure } from "@logtape/logtape";
import type { Environment } from "./environment.ts";
import { formatRecord, type Level, LOWEST } from "./log_format.ts";

/**
 * Sends happi's log lines to standard error.
 *
 * @param environment whose standard error
 * @param level the lowest level that is shown
 */
export async function configureLogs(environment: Environment, level: Level): Promise<void> {
  await configure({
    reset: true,
    sinks: {
      stderr: (record) => {
        // A log line that cannot be written must not end the work that it tells of.
        environment.stderr.write(`${formatRecord(record, environment.pid)}\n`).catch(() => {});
      },
    },
    loggers: [
      { category: "happi", lowestLevel: LOWEST[level], sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: null, sinks: [] },
    ],
  });
}
