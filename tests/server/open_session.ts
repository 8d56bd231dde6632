/**
 * A session through HAProxy that lasts until the test ends it.
 *
 * @module
 */

/** A session that is open. */
export interface OpenSession extends AsyncDisposable {
  /** Ends it from the client's side. */
  end(): void;
}

/**
 * Opens a TCP session through HAProxy to a server of the test's own, and waits until it is there.
 *
 * @param port HAProxy's
 * @param serverPort where HAProxy looks for the server; health checks may come there too
 */
export async function openSession(port: number, serverPort: number): Promise<OpenSession> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: serverPort });
  const arrived = Promise.withResolvers<void>();
  const serving = serve(listener, arrived.resolve);
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  await client.write(new TextEncoder().encode(GREETING));
  await arrived.promise;
  let isOpen = true;
  const end = () => {
    if (isOpen) client.close();
    isOpen = false;
  };
  return {
    end,
    async [Symbol.asyncDispose]() {
      end();
      listener.close();
      await serving;
    },
  };
}

const GREETING = "session";

/** Takes every connection and keeps it until the other side ends it. */
async function serve(listener: Deno.TcpListener, onGreeting: () => void): Promise<void> {
  const connections: Promise<void>[] = [];
  for await (const connection of listener) connections.push(hold(connection, onGreeting));
  await Promise.all(connections);
}

async function hold(connection: Deno.TcpConn, onGreeting: () => void): Promise<void> {
  using open = connection;
  const buffer = new Uint8Array(64);
  const decoder = new TextDecoder();
  try {
    for (let count = await open.read(buffer); count !== null; count = await open.read(buffer)) {
      if (decoder.decode(buffer.subarray(0, count)) === GREETING) onGreeting();
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.ConnectionReset)) throw thrown;
  }
}
