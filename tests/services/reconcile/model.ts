/** A HAProxy of plain data: takes the commands that plans are made of, and shows what it has. */

import assert from "node:assert/strict";
import type { Actual, ActualServer } from "../../../lib/services/reconcile/actual.ts";
import type { Plan } from "../../../lib/services/reconcile/plan.ts";

/** A server as it is after `add server`, with what is said otherwise. */
export function actualServer(given: Partial<ActualServer> & Pick<ActualServer, "backend" | "server">): ActualServer {
  const state = given.state ?? "ready";
  return {
    ...{ address: "10.0.0.1", port: 80, weight: 1, initial_weight: 1, maxconn: null, state },
    ...{ takes_traffic: state === "ready", check: "none", check_port: 0 },
    ...{ agent: "none", agent_address: null, agent_port: 0 },
    ...given,
  };
}

/** A HAProxy of plain data. */
export class ModelHaproxy {
  readonly backends = new Map<string, { fixed_because: string | null; servers: Map<string, ActualServer> }>();
  readonly files = new Map<string, Map<string, (string | null)[]>>();

  /** Adds a backend with servers. */
  backend(name: string, servers: readonly ActualServer[] = [], fixed_because: string | null = null): this {
    this.backends.set(name, { fixed_because, servers: new Map(servers.map((one) => [one.server, one])) });
    return this;
  }

  /** Adds a map or an ACL. */
  file(kind: "map" | "acl", file: string, entries: Readonly<Record<string, string | null>> = {}): this {
    this.files.set(`${kind} ${file}`, new Map(Object.entries(entries).map(([key, value]) => [key, [value]])));
    return this;
  }

  /** What it has, as it is read. */
  actual(): Actual {
    const backends = [...this.backends].map(([backend, { fixed_because, servers }]) =>
      [backend, { backend, fixed_because, servers: new Map(servers) }] as const
    );
    return { backends: new Map(backends), files: new Map(this.files) };
  }

  /** Does all that a plan says; servers have no sessions, so that those that wait go at once. */
  carryOut(plan: Plan, { force = false } = {}): void {
    for (const { commands, then } of [...plan.steps, ...(force ? plan.refused.flatMap(({ steps }) => steps) : [])]) {
      for (const command of [...commands, ...then]) this.run(command);
    }
  }

  /** Runs one command, as HAProxy would; one that it would refuse fails. */
  run(command: string): void {
    const words = command.split(" ");
    const verb = VERBS.find(([prefix]) => command.startsWith(`${prefix} `));
    assert.ok(verb, `the model knows "${command}"`);
    verb[1](this, words.slice(verb[0].split(" ").length));
  }

  server(name: string): ActualServer {
    const [backend = "", server = ""] = name.split("/");
    const found = this.backends.get(backend)?.servers.get(server);
    assert.ok(found, `No such server: ${name}`);
    return found;
  }

  change(name: string, change: Partial<ActualServer>): void {
    const changed = { ...this.server(name), ...change };
    this.backends.get(changed.backend)?.servers.set(changed.server, {
      ...changed,
      takes_traffic: changed.state === "ready",
    });
  }
}

const stateOf = (word = ""): ActualServer["state"] => word === "ready" || word === "drain" ? word : "maint";

const VERBS: readonly (readonly [string, (model: ModelHaproxy, words: readonly string[]) => void])[] = [
  ["add server", (model, [name = "", at = "", ...keywords]) => {
    const [backend = "", server = ""] = name.split("/");
    const found = model.backends.get(backend);
    assert.ok(found && found.fixed_because === null && !found.servers.has(server), `add server ${name}`);
    const word = (key: string) => keywords.includes(key) ? Number(keywords[keywords.indexOf(key) + 1]) : undefined;
    const weight = word("weight") ?? 1;
    found.servers.set(
      server,
      actualServer({
        ...{ backend, server, address: at.slice(0, at.lastIndexOf(":")), port: Number(at.split(":").at(-1)) },
        ...{ weight, initial_weight: weight, maxconn: word("maxconn") || null, state: "maint" },
        ...{ check: keywords.includes("check") ? "off" : "none", check_port: word("port") ?? 0 },
        ...{ agent: keywords.includes("agent-check") ? "off" : "none", agent_port: word("agent-port") ?? 0 },
      }),
    );
  }],
  ["del server", (model, [name = ""]) => {
    assert.equal(model.server(name).state, "maint");
    const [backend = "", server = ""] = name.split("/");
    model.backends.get(backend)?.servers.delete(server);
  }],
  ["enable server", (model, [name = ""]) => model.change(name, { state: "ready" })],
  ["enable health", (model, [name = ""]) => model.change(name, { check: "on" })],
  ["enable agent", (model, [name = ""]) => model.change(name, { agent: "on" })],
  ["set maxconn server", (model, [name = "", maxconn]) => model.change(name, { maxconn: Number(maxconn) || null })],
  ["set server", (model, [name = "", what = "", value = "", , port]) => {
    const found = model.server(name);
    const isFixed = model.backends.get(found.backend)?.fixed_because !== null;
    if (what === "addr") model.change(name, { address: value, port: Number(port) });
    else if (what === "state") model.change(name, { state: stateOf(value) });
    else if (what === "check-port") model.change(name, { check_port: Number(value) });
    else if (what === "agent-port") model.change(name, { agent_port: Number(value) });
    else {
      assert.equal(what, "weight");
      assert.ok(!isFixed || value === "100%", "a static algorithm takes no weight");
      model.change(name, { weight: value === "100%" ? found.initial_weight : Number(value) });
    }
  }],
  ["add map", (model, [file = "", key = "", value = ""]) => model.files.get(`map ${file}`)?.set(key, [value])],
  ["set map", (model, [file = "", key = "", value = ""]) => model.files.get(`map ${file}`)?.set(key, [value])],
  ["del map", (model, [file = "", key = ""]) => void model.files.get(`map ${file}`)?.delete(key)],
  ["add acl", (model, [file = "", key = ""]) => model.files.get(`acl ${file}`)?.set(key, [null])],
  ["del acl", (model, [file = "", key = ""]) => void model.files.get(`acl ${file}`)?.delete(key)],
];
