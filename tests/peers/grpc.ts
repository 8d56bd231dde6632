/**
 * A real gRPC server with the health protocol, for tests; in clear, since grpc-js' server cannot do TLS on Deno.
 *
 * @module
 */

import { Server, ServerCredentials, type ServiceDefinition, status } from "@grpc/grpc-js";
import { Buffer } from "node:buffer";

/** What it says of each service: a number of the protocol's `ServingStatus`. Services that are not in it are not known. */
export type Services = Readonly<Record<string, number>>;

const HEALTH = {
  Check: {
    path: "/grpc.health.v1.Health/Check",
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} satisfies ServiceDefinition;

/** A running server. */
export interface GrpcServer extends Disposable {
  readonly port: number;
}

/**
 * Starts it.
 *
 * @param services what it says; `undefined` for a server without the health protocol
 * @param port where it listens on 127.0.0.1; 0 for any
 */
export async function startGrpc(services: Services | undefined, port = 0): Promise<GrpcServer> {
  const server = new Server();
  if (services !== undefined) {
    server.addService(HEALTH, {
      Check(call: { readonly request: Buffer }, done: (error: object | null, answer?: Buffer) => void) {
        // The only field is the name: a key, its length, its bytes.
        const number = services[call.request.subarray(2).toString()];
        if (number === undefined) done({ code: status.NOT_FOUND, message: "unknown service – sorry" });
        else done(null, number === 0 ? Buffer.alloc(0) : Buffer.from([0x08, number]));
      },
    });
  }
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(
      `127.0.0.1:${port}`,
      ServerCredentials.createInsecure(),
      (error, port) => error === null ? resolve(port) : reject(error),
    );
  });
  return { port: bound, [Symbol.dispose]: () => server.forceShutdown() };
}
