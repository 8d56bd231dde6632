/**
 * Processes to look at in tests: real ones, and one whose output the test writes itself.
 *
 * @module
 */
import { Child } from "../../lib/process/child.ts";
import type { Definition } from "../../lib/process/definition.ts";
import type { RunningProcess } from "../../lib/process/manager_face.ts";
import { Feed } from "../../lib/feed/mod.ts";

/** Starts a real process; it is ended with the test. */
export async function startChild(definition: Partial<Definition>): Promise<Child & AsyncDisposable> {
  const child = await Child.start(
    { name: "web", cmd: "sleep", ...(definition.cmd === undefined ? { args: ["60"] } : {}), ...definition },
    { pid: 1, environment: Deno.env.toObject(), mark: {} },
  );
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      await child.stop();
    },
  });
}

/** A process that never was: its output is what is pushed. */
export function pretendedChild(): { readonly child: RunningProcess; readonly out: Feed<Uint8Array<ArrayBuffer>> } {
  const out = new Feed<Uint8Array<ArrayBuffer>>();
  const child: RunningProcess = {
    pid: 1,
    os_pid: 2 ** 30,
    name: "web",
    started_at: 0,
    state: "running",
    once: false,
    outputs: new Map([["out", out]]),
    ended: new Promise(() => {}),
    write: () => Promise.resolve(),
    closeInput: () => Promise.resolve(),
    output_bytes: 0,
  };
  return { child, out };
}
