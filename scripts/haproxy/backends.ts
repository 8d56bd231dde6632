/**
 * Small HTTP servers to put behind HAProxy.
 *
 * @module
 */

/** A server that answers on 127.0.0.1 until it is disposed. */
export interface Backend extends AsyncDisposable {
  readonly port: number;
  /** How many requests it has taken. */
  readonly requests: number;
}

/**
 * Starts an HTTP server on 127.0.0.1.
 *
 * @param options `port` (default: a free one); `respond` makes the answer (default: 200 with the server's name);
 * `name` says who answers
 */
export function startBackend(
  options: {
    readonly port?: number;
    readonly name?: string;
    readonly respond?: (request: Request) => Response | Promise<Response>;
  } = {},
): Backend {
  let requests = 0;
  const respond = options.respond ?? (() => new Response(`${options.name ?? "backend"}\n`));
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: options.port ?? 0, onListen: () => {} },
    (request) => {
      requests++;
      return respond(request);
    },
  );
  return {
    port: server.addr.port,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}
