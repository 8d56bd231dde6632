/**
 * A real etcd for tests: the host's own, or Debian's, fetched once.
 *
 * @module
 */

import { freePort } from "../../scripts/haproxy/ports.ts";
import { debianPrograms } from "../../scripts/peers/debian_programs.ts";
import { PeerServer } from "../../scripts/peers/server.ts";

const HOSTS_OWN = ["/usr/bin/etcd", "/usr/local/bin/etcd"];
const DEBIANS = {
  suite: "bookworm",
  package: "etcd-server",
  programs: { "usr/bin/etcd": "usr/bin/etcd" },
} as const;

/** The program, or why there is none. */
export const etcdProgram: { readonly path: string } | { readonly missing: string } = await findEtcd();

async function findEtcd(): Promise<{ readonly path: string } | { readonly missing: string }> {
  for (const path of HOSTS_OWN) {
    if (await Deno.stat(path).then((found) => found.isFile, () => false)) return { path };
  }
  try {
    return { path: `${await debianPrograms(DEBIANS)}/usr/bin/etcd` };
  } catch (thrown) {
    return { missing: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** A running etcd, and how to write to it. */
export class EtcdPeer implements AsyncDisposable {
  readonly url: URL;
  readonly #server: PeerServer;
  readonly #folder: string;

  private constructor(server: PeerServer, folder: string) {
    this.#server = server;
    this.#folder = folder;
    this.url = new URL(`http://127.0.0.1:${server.port}/`);
  }

  /**
   * Starts one, and returns when it answers.
   *
   * @param port where
   * @param folder with the data of an earlier one
   */
  static async start(port: number = freePort(), folder: string = Deno.makeTempDirSync()): Promise<EtcdPeer> {
    if ("missing" in etcdProgram) throw new Error(`Cannot start etcd: ${etcdProgram.missing}`);
    const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${freePort()}`];
    const clients = ["--listen-client-urls", client, "--advertise-client-urls", client];
    const peers = ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer];
    const cluster = ["--initial-cluster", `default=${peer}`, "--data-dir", `${folder}/data`];
    const server = new PeerServer([etcdProgram.path, ...clients, ...peers, ...cluster], port);
    await server.says("ready to serve client requests");
    return new EtcdPeer(server, folder);
  }

  /** The same again after it was killed. */
  async restart(whileDown: () => Promise<void>): Promise<EtcdPeer> {
    await this.#server.kill();
    await whileDown();
    return await EtcdPeer.start(this.#server.port, this.#folder);
  }

  async put(key: string, value: string): Promise<void> {
    await this.post("kv/put", { key: btoa(key), value: btoa(value) });
  }

  async delete(key: string): Promise<void> {
    await this.post("kv/deleterange", { key: btoa(key) });
  }

  /** Any request of its v3 API. */
  async post(path: string, json: unknown, token = ""): Promise<Record<string, unknown>> {
    const headers = token === "" ? {} : { authorization: token };
    const response = await fetch(new URL(`v3/${path}`, this.url), {
      method: "POST",
      headers,
      body: JSON.stringify(json),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`etcd refuses "${path}": ${JSON.stringify(answer)}`);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
