/**
 * A CLI socket that accepts and never answers.
 *
 * @module
 */

/** The socket, until it is disposed. */
export interface StallingCli extends AsyncDisposable {
  readonly path: string;
}

/** Listens on a unix socket in a folder of its own. */
export function stallingCli(): StallingCli {
  const dir = Deno.makeTempDirSync({ prefix: "happi-stall-" });
  const path = `${dir}/admin.sock`;
  const listener = Deno.listen({ transport: "unix", path });
  const connections: Deno.UnixConn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    path,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      connections.forEach((connection) => connection.close());
      await Deno.remove(dir, { recursive: true });
    },
  };
}
