/**
 * A Consul that says what a test wants: indexes that go back, none at all, refusals. It answers and blocks as
 * https://developer.hashicorp.com/consul/api-docs/features/blocking describes.
 *
 * @module
 */

/** The stand-in. */
export class StandIn implements AsyncDisposable {
  readonly url: URL;
  /** The `index` of each question about a service, `null` where there was none. */
  readonly indexes: (string | null)[] = [];
  readonly #server: Deno.HttpServer;
  readonly #token: string;
  readonly #services = new Map<string, { readonly addresses: readonly string[]; readonly index: string | undefined }>();
  #changed = Promise.withResolvers<void>();
  #blocked = Promise.withResolvers<void>();

  /** @param token who has another one is refused */
  constructor(token = "") {
    this.#token = token;
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (asked) => this.#answer(asked));
    this.#server = server;
    this.url = new URL(`http://127.0.0.1:${server.addr.port}/`);
  }

  /** A service is now so; who is blocked is answered. */
  set(service: string, addresses: readonly string[], index: string | undefined): void {
    this.#services.set(service, { addresses, index });
    this.#blocked = Promise.withResolvers();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Waits until somebody is blocked. */
  async blocked(): Promise<void> {
    await this.#blocked.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#changed.resolve();
    await this.#server.shutdown();
  }

  async #answer(asked: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(asked.url);
    if ((asked.headers.get("x-consul-token") ?? "") !== this.#token) {
      return new Response("ACL not found", { status: 403 });
    }
    if (pathname === "/v1/catalog/services") {
      const all = Object.fromEntries([...this.#services.keys()].map((name) => [name, []]));
      return Response.json(all, { headers: { "x-consul-index": "5" } });
    }
    const name = pathname.split("/").at(-1) ?? "";
    const index = searchParams.get("index");
    this.indexes.push(index);
    const now = this.#services.get(name)?.index;
    if (index !== null && now !== undefined && (index === now || now === "0" && index === "1")) {
      const changed = this.#changed.promise;
      this.#blocked.resolve();
      await changed;
    }
    const { addresses = [], index: newest } = this.#services.get(name) ?? {};
    const entries = addresses.map((address) => ({
      Node: { Node: address, Address: address },
      Service: { ID: name, Address: "", Port: 80, Tags: null, Meta: null, Weights: { Passing: 1, Warning: 1 } },
      Checks: [{ Status: "passing" }],
    }));
    return Response.json(entries, newest === undefined ? {} : { headers: { "x-consul-index": newest } });
  }
}
