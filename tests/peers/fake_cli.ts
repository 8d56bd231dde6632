/**
 * A peer on a unix socket that does what a real HAProxy will not: garbage, half answers, silence, resets.
 *
 * A script is a function that gets each connection; what it throws fails the test when the peer is disposed of, except
 * that the other side has gone.
 *
 * @module
 */

/** What a script can do with its connection. */
export interface FakeConnection {
  /** Counts the connections from 1. */
  readonly number: number;
  /** The next line that the client sends, without its line feed; `undefined` when it has closed. */
  line(): Promise<string | undefined>;
  /** Sends text, all of it. */
  say(text: string | Uint8Array): Promise<void>;
  /** Settles when the client has closed. */
  gone(): Promise<void>;
  /** Does nothing, and reads nothing, until the peer is disposed of. */
  stall(): Promise<void>;
  /** Closes; with unread bytes of the client's this is a reset. */
  close(): void;
}

/** A peer that listens. */
export class FakeCli implements AsyncDisposable {
  /** Where it listens. */
  readonly path: string;
  /** Every line that a script has read, in order. */
  readonly lines: string[] = [];
  /** How many connections have come. */
  connections = 0;
  readonly #dir: string;
  readonly #listener: Deno.UnixListener;
  readonly #disposal = Promise.withResolvers<void>();
  readonly #running = new Set<Promise<void>>();
  readonly #open = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  #failure: unknown;

  /**
   * Listens.
   *
   * @param script gets each connection, which is closed when the script ends
   */
  constructor(script: (connection: FakeConnection) => Promise<void> | void) {
    this.#dir = Deno.makeTempDirSync({ prefix: "happi-fake-" });
    this.path = `${this.#dir}/fake.sock`;
    this.#listener = Deno.listen({ transport: "unix", path: this.path });
    this.#accepting = this.#accept(script);
  }

  /** Stops, and fails when a script has. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const conn of this.#open) this.#close(conn);
    this.#disposal.resolve();
    await Promise.all(this.#running);
    await Deno.remove(this.#dir, { recursive: true });
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #accept(script: (connection: FakeConnection) => Promise<void> | void): Promise<void> {
    try {
      for await (const conn of this.#listener) {
        const running = this.#run(conn, script).finally(() => this.#running.delete(running));
        this.#running.add(running);
      }
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.BadResource)) throw thrown; // the listener was closed
    }
  }

  async #run(conn: Deno.Conn, script: (connection: FakeConnection) => Promise<void> | void): Promise<void> {
    this.#open.add(conn);
    try {
      await script(this.#connection(conn, ++this.connections));
    } catch (thrown) {
      if (!isGone(thrown)) this.#failure ??= thrown;
    } finally {
      this.#close(conn);
    }
  }

  #connection(conn: Deno.Conn, number: number): FakeConnection {
    let pending = "";
    const buffer = new Uint8Array(64 * 1024);
    const line = async (): Promise<string | undefined> => {
      for (;;) {
        const end = pending.indexOf("\n");
        if (end >= 0) {
          const found = pending.slice(0, end);
          pending = pending.slice(end + 1);
          this.lines.push(found);
          return found;
        }
        const count = await conn.read(buffer);
        if (count === null) return undefined;
        pending += decoder.decode(buffer.subarray(0, count));
      }
    };
    const say = async (text: string | Uint8Array): Promise<void> => {
      const bytes = typeof text === "string" ? encoder.encode(text) : text;
      for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    };
    const gone = async (): Promise<void> => {
      while (await line() !== undefined);
    };
    return { number, line, say, gone, stall: () => this.#disposal.promise, close: () => this.#close(conn) };
  }

  #close(conn: Deno.Conn): void {
    if (this.#open.delete(conn)) conn.close();
  }
}

/** Answers one command with `3.2` as a worker does, whole. */
export async function speakOnce(connection: FakeConnection): Promise<void> {
  await connection.line();
  await connection.say("\n3.2\n\n[6]: admin\n\n");
}

/**
 * Answers a session's greeting and then each of its commands, until the client closes.
 *
 * @param connection a connection that begins a session
 * @param answer the text for a command, with the line feed at its end
 */
export async function speakSession(
  connection: FakeConnection,
  answer: (command: string) => string | Promise<string>,
): Promise<void> {
  await greet(connection);
  for (let line = await connection.line(); line !== undefined; line = await connection.line()) {
    await connection.say(`${await answer(line)}> `);
  }
}

/** Reads a session's greeting and answers it as HAProxy 3.2 does. */
export async function greet(connection: FakeConnection): Promise<void> {
  await connection.line();
  await connection.say("\n\n> ");
}

/** Whether this only says that the client has closed, or that the peer was disposed of. */
function isGone(thrown: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, Interrupted } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, Interrupted].some((known) => thrown instanceof known);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
