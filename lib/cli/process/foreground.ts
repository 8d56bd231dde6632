/**
 * A Procfile's processes here, in the foreground: kept running, their lines on the terminal, all of them ended with Ctrl-C.
 */
import type { Feed } from "../../feed/mod.ts";
import { type Definition, ProcessManager, type RunningProcess } from "../../process/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { childrenEnvironment } from "./children_environment.ts";
import { howEnded } from "./event_log.ts";
import { LinePrinter } from "./line_printer.ts";
import { aborted } from "../aborted.ts";

/**
 * Runs processes until the environment's signal.
 *
 * @param definitions what runs
 */
export async function runForeground(environment: Environment, definitions: readonly Definition[]): Promise<number> {
  const { signal, stdout, stderr } = environment;
  await using manager = new ProcessManager({ environment: childrenEnvironment(environment.variables()) });
  const forget = environment.onForcedEnd(() => manager.killAll());
  const labels = new Map(definitions.map(({ name, numprocesses = 1 }) => [name, numprocesses > 1] as const));
  const printer = new LinePrinter(
    stdout,
    definitions.map(({ name, numprocesses = 1 }) => numprocesses > 1 ? `${name}.1` : name),
  );
  const failed = Promise.withResolvers<never>();
  const labelOf = (name: string, pid: unknown) => labels.get(name) ? `${name}.${pid}` : name;
  const printed = printEvents(manager, printer, labelOf).catch(failed.reject);
  try {
    await Promise.race([failed.promise, startAll(manager, definitions, signal)]);
    await Promise.race([failed.promise, aborted(signal)]);
    await stderr.write("happi: stopping all; Ctrl-C again kills them\n");
  } finally {
    await manager[Symbol.asyncDispose]();
    forget();
  }
  await printed;
  return EXIT.done;
}

async function startAll(
  manager: ProcessManager,
  definitions: readonly Definition[],
  signal: AbortSignal,
): Promise<void> {
  for (const definition of definitions) if (!signal.aborted) await manager.add(definition);
}

/** Prints all that happens and all that is written, until the manager ends. */
async function printEvents(
  manager: ProcessManager,
  printer: LinePrinter,
  labelOf: (name: string, pid: unknown) => string,
): Promise<void> {
  const printing = new Map<unknown, Promise<unknown>>();
  for await (const item of manager.events.read({ after: 0 })) {
    if (item.kind === "lost") continue;
    const { event, name, ...fields } = item.record.value;
    const label = labelOf(name, fields["pid"]);
    if (event === "spawn") printing.set(fields["pid"], printProcess(manager, printer, label, Number(fields["pid"])));
    if (event !== "exit") continue;
    await printing.get(fields["pid"]);
    printing.delete(fields["pid"]);
    await printer.remark(label, `ended ${howEnded({ name, ...fields })}`);
  }
  await Promise.all(printing.values());
}

async function printProcess(manager: ProcessManager, printer: LinePrinter, label: string, pid: number): Promise<void> {
  const process = manager.running().find((one) => one.pid === pid);
  const outputs: RunningProcess["outputs"] = process?.outputs ?? new Map();
  await Promise.all([...outputs.values()].map((feed) => printer.printAll(label, chunksOf(feed))));
}

/** The bytes of an output; what was written faster than it could be shown is told as a number. */
async function* chunksOf(feed: Feed<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  for await (const item of feed.read({ after: 0 })) {
    yield item.kind === "record"
      ? item.record.value
      : new TextEncoder().encode(`\n(${item.count} blocks are left out here: they came too fast)\n`);
  }
}
