/**
 * The smallest possible client of HAProxy's CLI, for the launcher alone: one connection, one command, the answer to its
 * end. Tests of `lib/socket` must not depend on `lib/socket` to find out whether their HAProxy is up.
 *
 * @module
 */

const TIMEOUT_MS = 10_000;

/**
 * Asks one command of a worker or master socket.
 *
 * @param path of the unix socket
 * @param command one line
 * @param keepOpen do not half-close after the command: a master socket closes by itself only after `reload`, on
 * everything else it waits for more until it sees the end
 * @returns the answer; empty when HAProxy closed without a word
 */
export async function ask(path: string, command: string, keepOpen = false): Promise<string> {
  const connection = await Deno.connect({ transport: "unix", path });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, TIMEOUT_MS);
  try {
    await connection.write(new TextEncoder().encode(command + "\n"));
    if (!keepOpen) await connection.closeWrite();
    const chunks: string[] = [];
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(16 * 1024);
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      chunks.push(decoder.decode(buffer.subarray(0, read), { stream: true }));
    }
    return chunks.join("");
  } catch (thrown) {
    if (late) throw new Error(`Cannot ask "${command}" of "${path}": no answer within ${TIMEOUT_MS} ms`);
    // 2.6 replaces itself in the middle of the conversation that asked for the reload.
    if (keepOpen && thrown instanceof Deno.errors.ConnectionReset) return "";
    throw thrown;
  } finally {
    clearTimeout(timer);
    if (!late) connection.close();
  }
}

/** The worker that `show proc` of the master names as current, the master's count of loads, and of failed ones. */
export interface Processes {
  readonly worker: number | undefined;
  readonly reloads: number;
  readonly failed: number;
}

/** Reads `show proc` of a master socket (management guide, "show proc"), as far as the launcher needs it. */
export function parseProcesses(text: string): Processes | undefined {
  const master = text.match(/^\d+\s+master\s+(\d+)(?:\s+\[failed:\s*(\d+)\])?/m);
  if (master === null) return undefined;
  const worker = text.match(/^# workers\n(\d+)\s+worker\s/m)?.[1];
  return {
    worker: worker === undefined ? undefined : Number(worker),
    reloads: Number(master[1]),
    failed: Number(master[2] ?? 0),
  };
}
