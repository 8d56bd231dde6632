/**
 * What a policy needs of the world: time, chance, files and HTTP. Handed in, so that tests need not wait.
 */

/** The world as policies see it. */
export interface Outside {
  /** Milliseconds since 1970. */
  now(): number;
  /** A number from 0 to below 1. */
  random(): number;
  /** Waits; ends early, without an error, when the signal says so. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** What tells one version of a file from another. */
  stat(path: string): Promise<FileStamp>;
  /** A file's bytes; a chunk is only valid until the next is asked for. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** HTTP. */
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** What tells one version of a file from another. */
export interface FileStamp {
  /** Whether it is a regular file. */
  readonly isFile: boolean;
  /** Bytes. */
  readonly size: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly mtimeMs: number;
  /** Changes when another file takes its name. */
  readonly inode: number;
}

/** The real world. */
export const REAL_OUTSIDE: Outside = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake);
    }),
  stat: async (path) => {
    const { isFile, size, mtime, ino } = await Deno.stat(path);
    return { isFile, size, mtimeMs: mtime?.getTime() ?? 0, inode: ino ?? 0 };
  },
  read: readFile,
  fetch: (url, init) => fetch(url, init),
};

const CHUNK = 64 * 1024;

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  const chunk = new Uint8Array(CHUNK);
  for (let count = await file.read(chunk); count !== null; count = await file.read(chunk)) {
    yield chunk.subarray(0, count);
  }
}
