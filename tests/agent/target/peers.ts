/**
 * Small servers that play a check's target, well or badly, each on a port of its own on 127.0.0.1.
 */
import { createServer } from "node:net";
import type { CheckContext } from "../../../lib/agent/check.ts";
import { TargetGuard } from "../../../lib/agent/target/guard.ts";

/** A target that answers HTTP. */
export interface HttpPeer extends AsyncDisposable {
  /** `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly port: number;
  /** What it was asked, in order. */
  readonly requests: readonly Asked[];
}

/** A request as it was; Deno's own is empty once it is answered. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
}

/** Starts a server with a handler of Deno's own kind. */
export function httpPeer(answer: (request: Request) => Response | Promise<Response>): HttpPeer {
  const requests: Asked[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    requests.push({ method: request.method, url: request.url, headers: new Headers(request.headers) });
    return answer(request);
  });
  const { port } = server.addr;
  return { url: `http://127.0.0.1:${port}`, port, requests, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** A target that does what HTTP libraries do not: stops in the middle, resets, says nothing. */
export interface RawPeer extends Disposable {
  readonly url: string;
  readonly port: number;
  /** Resolves when a client has been told all that there is. */
  readonly said: Promise<void>;
  /** Resolves when a client has ended or broken its connection. */
  readonly clientGone: Promise<void>;
}

/**
 * Starts a server that reads a first piece and then says what it is told.
 *
 * @param text what is said
 * @param then whether it closes, resets, or keeps the connection open and says no more
 */
export async function rawPeer(text: string, then: "close" | "reset" | "stall"): Promise<RawPeer> {
  const said = Promise.withResolvers<void>();
  const clientGone = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("close", () => clientGone.resolve());
    socket.once("data", () => {
      socket.write(text, () => said.resolve());
      if (then === "close") socket.end();
      if (then === "reset") socket.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("it has no port");
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    said: said.promise,
    clientGone: clientGone.promise,
    [Symbol.dispose]: () => server.close(),
  };
}

/** A port of 127.0.0.1 that nobody listens on. */
export function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A context for checks, with a clock of its own. */
export function checkContext(overrides: Partial<CheckContext> = {}): CheckContext {
  return {
    origin: "wire",
    guard: new TargetGuard(),
    now: () => NOW,
    ask: () => Promise.reject(new Error("no other checks here")),
    ...overrides,
  };
}

/** 2026-03-01T12:00:00Z, when it always is in these tests. */
export const NOW = Date.UTC(2026, 2, 1, 12);

/** A signal that nobody aborts. */
export function forever(): AbortSignal {
  return new AbortController().signal;
}
