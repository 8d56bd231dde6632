/**
 * The command behind `deno task bench:process`: what it costs to hand out what processes write, to how many readers of each
 * feed kind, beside what one would use otherwise.
 *
 * `--seconds 5` measures longer; `--children 1` and `--readers 1,10` choose. Processes write as fast as they are read, on the
 * same processors as everything else: the processor time for a megabyte is what can be compared between machines.
 *
 * @module
 */
import { type Figures, measure, type Served } from "./process/measure.ts";
import { type FeedKind, readStream } from "./process/readers.ts";
import { RIVALS } from "./process/rivals.ts";
import { type FigureRow, print, printTable } from "./table.ts";

const KINDS: readonly FeedKind[] = ["continuous", "eventsource", "longpoll", "websocket"];
const HEADS = ["", "readers", "MB/s in", "MB/s out", "CPU ms/MB", "RSS MiB"];
const LINE = "0123456789".repeat(10).slice(1);

if (import.meta.main) {
  const list = (name: string, usual: readonly number[]) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? usual : (Deno.args[at + 1] ?? "").split(",").map(Number);
  };
  const [seconds = 2] = list("seconds", [2]);
  const readers = list("readers", [1, 10, 100]);
  print(
    `Deno ${Deno.version.deno}; ${navigator.hardwareConcurrency} processors; ${seconds} s each; lines of 100 bytes`,
  );
  for (const children of list("children", [1, 50])) await benchHappi(children, [0, ...readers], seconds);
  await benchRivals(readers, seconds);
}

async function benchHappi(children: number, readers: readonly number[], seconds: number): Promise<void> {
  const rows: FigureRow[] = [];
  for (const kind of KINDS) {
    // A happi of its own each time: its memory is what this kind needs.
    for (const count of kind === "continuous" ? readers : readers.filter((one) => one > 0)) {
      const served = await startHappi(children, kind);
      rows.push(rowOf(count === 0 ? "nobody reads" : kind, count, await measure(served, count, seconds)));
      await served.end();
    }
  }
  printTable(`happi, ${children} ${children === 1 ? "process writes" : "processes write"}`, HEADS, rows);
}

async function startHappi(children: number, kind: FeedKind): Promise<Served> {
  const script = new URL("./process/serve.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, String(children), LINE],
    stdin: "piped",
    stdout: "piped",
    detached: true,
  }).spawn();
  const reader = child.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  return {
    group: child.pid,
    writer: "yes",
    read: (at) => readStream(port, at % children + 1, kind),
    written: async () => Number(await (await fetch(`http://127.0.0.1:${port}/written`)).text()),
    end: async () => {
      await child.stdin.close();
      await reader.cancel();
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await child.status;
      clearTimeout(late);
    },
  };
}

async function benchRivals(readers: readonly number[], seconds: number): Promise<void> {
  const rows: FigureRow[] = [];
  for (const rival of RIVALS) {
    if (!await isThere(rival.program)) {
      print(`left out: ${rival.name}: there is no "${rival.program}" in the PATH`);
      continue;
    }
    for (const count of readers.filter((one) => one <= rival.mostReaders)) {
      const dir = await Deno.makeTempDir({ prefix: "happi-bench-" });
      const served = await rival.start(LINE, dir);
      rows.push(rowOf(rival.name, count, await measure(served, count, seconds)));
      await served.end();
      await Deno.remove(dir, { recursive: true });
    }
  }
  if (rows.length > 0) printTable("otherwise, 1 process writes", HEADS, rows);
}

async function isThere(program: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" }).output();
  return success;
}

function rowOf(name: string, readers: number, { writtenMbs, readMbs, cpuMsPerMb, rssMib }: Figures): FigureRow {
  const figure = (value: number, digits: number) => Number.isFinite(value) ? value.toFixed(digits) : "-";
  return [
    name,
    String(readers),
    figure(writtenMbs, 0),
    readers === 0 ? "-" : figure(readMbs, 0),
    figure(cpuMsPerMb, 2),
    figure(rssMib, 0),
  ];
}
