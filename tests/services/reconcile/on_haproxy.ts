/** A reconciler on a real HAProxy: its configuration, units that answer, and what the reconciler tells. */

import assert from "node:assert/strict";
import { startBackend } from "../../../scripts/haproxy/backends.ts";
import type { LaunchContext, RunningHaproxy } from "../../../scripts/haproxy/launch.ts";
import { Client } from "../../../lib/client/mod.ts";
import { Reconciler, type ReconcileRecord, type ReconcilerOptions } from "../../../lib/services/reconcile/mod.ts";
import { Registry } from "../../../lib/services/registry.ts";
import type { Unit } from "../../../lib/services/service.ts";

/** Backends of each kind, a frontend that takes the backend from a map, and servers that are nobody's business. */
export const CONFIGURATION = {
  files: { "hosts.map": "file.test tcp\n", "from.acl": "192.0.2.1\n" },
  config: (c: LaunchContext) => `
defaults
  mode http
  timeout connect 1s
  timeout client 20s
  timeout server 20s
frontend fe
  bind 127.0.0.1:${c.port("fe")}
  http-request set-header x-known yes if { src -f ${c.file("from.acl")} }
  use_backend %[req.hdr(x-host),map(${c.file("hosts.map")},web)]
backend web
  balance roundrobin
  server theirs 127.0.0.1:1 disabled
frontend fe_tcp
  mode tcp
  bind 127.0.0.1:${c.port("tcp")}
  default_backend tcp
backend tcp
  mode tcp
  balance leastconn
backend by_source
  balance source
backend consistent
  balance source
  hash-type consistent
backend prepared
  balance static-rr
  server-template slot 1-3 127.0.0.1:1 disabled
`,
};

/** A unit at a port of this machine. */
export function unitAt(unit: string, port: number, more: Partial<Unit> = {}): Unit {
  return { unit, hosts: [{ hostname: "127.0.0.1", port }], ...more };
}

/** A registry with one source that can be told everything at once. */
export class Known {
  readonly registry = new Registry();

  /** These are the units of `web` now. */
  put(...units: Unit[]): this {
    this.registry.put("test", new Map([["web", units]]));
    return this;
  }
}

/** A reconciler, its client and what it tells. */
export class Setting implements AsyncDisposable {
  readonly client: Client;
  readonly reconciler: Reconciler;
  readonly #heard: AsyncGenerator<ReconcileRecord, void>;

  constructor(haproxy: RunningHaproxy, options: Omit<ReconcilerOptions, "client">) {
    this.client = new Client(haproxy.socketPath);
    const backoffMs = { first: 10, most: 50 };
    this.reconciler = new Reconciler({ backoffMs, intervalMs: 60_000, ...options, client: this.client });
    const { records } = this.reconciler;
    const signal = AbortSignal.timeout(15_000);
    this.#heard = (async function* () {
      for await (const item of records.read({ after: 0, signal })) if (item.kind === "record") yield item.record.value;
    })();
  }

  /** Plans and carries out once. */
  async once(options: { readonly force?: boolean } = {}) {
    return await this.reconciler.apply(await this.reconciler.plan(), options);
  }

  /** The next record of its kind that fits; those before it are passed by. */
  async next<E extends ReconcileRecord["event"]>(
    event: E,
    fits: (record: Extract<ReconcileRecord, { event: E }>) => boolean = () => true,
  ): Promise<Extract<ReconcileRecord, { event: E }>> {
    const passed: ReconcileRecord[] = [];
    for (;;) {
      const { value, done } = await this.#heard.next();
      if (done) assert.fail(`No "${event}" was told, but ${JSON.stringify(passed)}`);
      if (isOf(value, event) && fits(value)) return value;
      passed.push(value);
    }
  }

  /** A server as HAProxy has it: address, state and weight. */
  async server(name: string): Promise<{ at: string; state: string; weight: number } | undefined> {
    const [backend = "", server = ""] = name.split("/");
    const { servers } = await this.client.getServersState(backend);
    const found = servers.find(({ srv_name }) => srv_name === server);
    if (!found) return undefined;
    const state = found.admin_states.filter((one) => one.startsWith("forced")).join(" ") || "ready";
    return { at: `${found.srv_addr}:${found.srv_port}`, state, weight: found.srv_uweight ?? -1 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reconciler[Symbol.asyncDispose]();
    await this.#heard.return();
    await this.client.close();
  }
}

/** Who answers a request for a host, and how. */
export async function answerFor(haproxy: RunningHaproxy, host = "web.test"): Promise<string> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    const response = await fetch(`http://127.0.0.1:${haproxy.port("fe")}/`, { headers: { "x-host": host }, client });
    return response.ok ? (await response.text()).trim() : `status ${(await response.body?.cancel(), response.status)}`;
  } finally {
    client.close();
  }
}

/** Servers that answer with their names. */
export function startUnits(...names: string[]) {
  const backends = names.map((name) => startBackend({ name }));
  return {
    ports: backends.map(({ port }) => port),
    async [Symbol.asyncDispose]() {
      for (const backend of backends) await backend[Symbol.asyncDispose]();
    },
  };
}

function isOf<E extends ReconcileRecord["event"]>(
  record: ReconcileRecord,
  event: E,
): record is Extract<ReconcileRecord, { event: E }> {
  return record.event === event;
}
