/**
 * A real Consul agent for tests: the host's own, or the one that `scripts/peers/consul.ts` has built.
 *
 * @module
 */

import { freePort } from "../../scripts/haproxy/ports.ts";
import { builtConsul } from "../../scripts/peers/consul.ts";
import { PeerServer } from "../../scripts/peers/server.ts";

/** The program; nothing where there is none. */
export const consulProgram: string | undefined = await findConsul();

async function findConsul(): Promise<string | undefined> {
  for (const path of ["/usr/bin/consul", "/usr/local/bin/consul", builtConsul()]) {
    if (await Deno.stat(path).then((found) => found.isFile, () => false)) return path;
  }
  return undefined;
}

/** A running agent that is a server of its own, keeps nothing, and how to register with it. */
export class ConsulPeer implements AsyncDisposable {
  readonly url: URL;
  readonly #server: PeerServer;

  private constructor(server: PeerServer) {
    this.#server = server;
    this.url = new URL(`http://127.0.0.1:${server.port}/`);
  }

  /** @param port where its HTTP API is */
  static async start(port: number = freePort()): Promise<ConsulPeer> {
    if (consulProgram === undefined) throw new Error("Cannot start Consul: there is no program");
    const ports = {
      http: port,
      dns: -1,
      grpc: -1,
      grpc_tls: -1,
      server: freePort(),
      serf_lan: freePort(),
      serf_wan: -1,
    };
    const settings = JSON.stringify({ ports, node_name: "n1", leave_on_terminate: false });
    const command = [consulProgram, "agent", "-dev", "-client", "127.0.0.1", "-bind", "127.0.0.1", "-hcl", settings];
    const server = new PeerServer(command, port);
    await server.says("Synced node info");
    return new ConsulPeer(server);
  }

  /** Asks its agent API. */
  async put(path: string, json: unknown = {}): Promise<void> {
    const response = await fetch(new URL(`v1/agent/${path}`, this.url), { method: "PUT", body: JSON.stringify(json) });
    const said = await response.text();
    if (!response.ok) throw new Error(`Consul refuses "${path}": ${said}`);
  }

  async kill(): Promise<void> {
    await this.#server.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
