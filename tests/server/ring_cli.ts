/**
 * A CLI socket that answers every command with the same lines, over and over if asked to, and keeps the connection open.
 *
 * @module
 */

/** The socket, until it is disposed. */
export interface RingCli extends AsyncDisposable {
  readonly path: string;
  /** Resolves when the first connection was ended by the other side. */
  readonly ended: Promise<void>;
}

/**
 * Listens on a unix socket in a folder of its own.
 *
 * @param lines what is answered
 * @param isEndless gives the lines again and again
 */
export function ringCli(lines: readonly string[], isEndless = false): RingCli {
  const dir = Deno.makeTempDirSync({ prefix: "happi-ring-" });
  const path = `${dir}/admin.sock`;
  const listener = Deno.listen({ transport: "unix", path });
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const ended = Promise.withResolvers<void>();
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) serving.push(answer(connection, bytes, isEndless).then(ended.resolve));
  })();
  return {
    path,
    ended: ended.promise,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Answers, and waits until the other side is gone. */
async function answer(connection: Deno.UnixConn, bytes: Uint8Array, isEndless: boolean): Promise<void> {
  using open = connection;
  const buffer = new Uint8Array(1024);
  await open.read(buffer);
  try {
    do await open.write(bytes); while (isEndless);
    while (await open.read(buffer) !== null);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BrokenPipe || thrown instanceof Deno.errors.ConnectionReset)) throw thrown;
  }
}
