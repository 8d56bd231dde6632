/** `happi spoa` as a user starts it: a process of its own, and what it has said so far. */

import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url);

/** A running `happi spoa`. */
export interface StartedSpoa extends AsyncDisposable {
  /** Waits until what it has said on standard error fits. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: Deno.Signal): void;
  /** Sends SIGTERM; gives its exit status and all that it said. */
  stop(): Promise<End>;
  /** Waits until it ends by itself. */
  end(): Promise<End>;
}

/** How it ended. */
export interface End {
  readonly code: number;
  readonly said: string;
}

/** Starts it, with flags of Deno's own where it needs some. */
export function startSpoa(args: readonly string[], denoFlags: readonly string[] = []): StartedSpoa {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...denoFlags, "main.ts", "spoa", ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  let isEnded = false;
  const read = async () => {
    const { value, done } = await reader.read();
    isEnded = done;
    said += value ?? "";
  };
  const end = async () => {
    const { code } = await child.status;
    while (!isEnded) await read();
    return { code, said };
  };
  const stop = async () => {
    if (!isEnded) child.kill("SIGTERM");
    return await end();
  };
  return {
    end,
    signal: (name) => child.kill(name),
    stop,
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(said);
        if (found !== null) return found;
        assert.ok(!isEnded, `it ended before ${pattern}: ${said}`);
        await read();
      }
    },
    async [Symbol.asyncDispose]() {
      if (!isEnded) await stop();
    },
  };
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "happi-spoa-" });
  try {
    return await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
