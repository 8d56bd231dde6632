/**
 * What one would use otherwise: a pipe into netcat, a growing file with `tail -f`, supervisord's log over HTTP.
 *
 * @module
 */
import { readRaw } from "./readers.ts";
import type { Served } from "./measure.ts";
import { freePort } from "../../haproxy/ports.ts";

/** Something else that hands out what a process writes. */
export interface Rival {
  readonly name: string;
  /** The program that has to be there. */
  readonly program: string;
  readonly mostReaders: number;
  readonly start: (line: string, dir: string) => Promise<Served>;
}

/** All of them; those whose program is not there are left out, by name. */
export const RIVALS: readonly Rival[] = [
  {
    name: "yes | nc -l",
    program: "nc",
    mostReaders: 1,
    start: (line) => viaShell(line, "yes LINE | nc -l 127.0.0.1 PORT"),
  },
  {
    name: "tail -f FILE | nc -l",
    program: "nc",
    mostReaders: 1,
    start: (line, dir) =>
      viaShell(
        line,
        `: > ${dir}/log; (yes LINE | head -c 4000000000 > ${dir}/log) & tail -f ${dir}/log | nc -l 127.0.0.1 PORT`,
      ),
  },
  {
    name: "yes | socat TCP-LISTEN",
    program: "socat",
    mostReaders: 1,
    start: (line) => viaShell(line, "yes LINE | socat -u - TCP-LISTEN:PORT,bind=127.0.0.1,reuseaddr"),
  },
  { name: "supervisord /logtail", program: "supervisord", mostReaders: 10, start: startSupervisord },
];

/** A line for the shell; it and all it starts is what is measured, but not the writer. */
function viaShell(line: string, script: string): Promise<Served> {
  const port = freePort();
  const cmd = script.replaceAll("PORT", String(port)).replace("LINE", line);
  const child = new Deno.Command("sh", {
    args: ["-c", cmd],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  return Promise.resolve({
    group: child.pid,
    writer: "yes",
    read: () => untilThere(() => readRaw(port, undefined)),
    end: () => endGroup(child),
  });
}

async function startSupervisord(line: string, dir: string): Promise<Served> {
  const port = freePort();
  await Deno.writeTextFile(
    `${dir}/supervisord.conf`,
    `[supervisord]\nnodaemon=true\nlogfile=${dir}/supervisord.log\npidfile=${dir}/supervisord.pid\n` +
      `[inet_http_server]\nport=127.0.0.1:${port}\n` +
      `[program:loud]\ncommand=yes ${line}\nstdout_logfile=${dir}/loud.log\nstdout_logfile_maxbytes=0\n`,
  );
  const args = ["-c", `${dir}/supervisord.conf`];
  const child = new Deno.Command("supervisord", { args, stdin: "null", stdout: "null", stderr: "null", detached: true })
    .spawn();
  return {
    group: child.pid,
    writer: "yes",
    read: () => untilThere(() => readRaw(port, "/logtail/loud")),
    end: () => endGroup(child),
  };
}

/** supervisord's own children have groups of their own: it is asked first. */
async function endGroup(child: Deno.ChildProcess): Promise<void> {
  send(-child.pid, "SIGTERM");
  const late = setTimeout(() => send(-child.pid, "SIGKILL"), 3_000);
  await child.status;
  clearTimeout(late);
  send(-child.pid, "SIGKILL");
}

function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // it has ended
  }
}

async function untilThere<T>(connect: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await connect();
    } catch (thrown) {
      if (tries > 100) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
