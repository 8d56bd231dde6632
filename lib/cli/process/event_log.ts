/**
 * What happens to processes, as lines of log.
 */
import { getLogger } from "@logtape/logtape";
import type { Feed } from "../../feed/mod.ts";
import { type ProcessEvent, signalName } from "../../process/mod.ts";

const LOG = getLogger(["happi", "process"]);

/** Writes events until the feed is closed. */
export async function logEvents(events: Feed<ProcessEvent>): Promise<void> {
  /** Those that somebody wants to end. */
  const asked = new Set<unknown>();
  for await (const item of events.read()) {
    if (item.kind === "lost") {
      LOG.warn("{count} events are not in the log: there were too many", { count: item.count });
      continue;
    }
    const { event, ...fields } = item.record.value;
    const pid = fields["pid"];
    if (event === "reap" || event === "stop_pid") asked.add(pid);
    if (event !== "exit") LINES[event]?.(fields);
    else logEnd(fields, asked.delete(pid));
  }
}

type Fields = Readonly<Record<string, string | number | boolean>>;

const LINES: Readonly<Record<string, (fields: Fields) => void>> = {
  create: (fields) => LOG.debug('Defined "{name}"', fields),
  update: (fields) => LOG.debug('Changed "{name}"', fields),
  delete: (fields) => LOG.info('Forgot "{name}"', fields),
  start: (fields) => LOG.debug('Starting "{name}"', fields),
  stop: (fields) => LOG.info('Stopping "{name}"', fields),
  spawn: ({ name, pid, os_pid }) => LOG.info('Started process {pid} of "{name}"', { name, pid, os_pid }),
  flap: (fields) => LOG.warn('"{name}" ends too often', fields),
};

function logEnd(fields: Fields, wasAsked: boolean): void {
  const { name, pid, exit_status, term_signal } = fields;
  const isGood = wasAsked || (exit_status === 0 && term_signal === 0);
  LOG[isGood ? "info" : "warn"]('Process {pid} of "{name}" has ended {how}', { name, pid, how: howEnded(fields) });
}

/** `with status 1`, `by SIGKILL`. */
export function howEnded({ exit_status, term_signal }: Fields): string {
  return Number(term_signal) > 0 ? `by ${signalName(Number(term_signal))}` : `with status ${exit_status}`;
}
