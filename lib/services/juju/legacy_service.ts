/**
 * One service as the haproxy charm writes it in YAML, and how several of one name become one. Pure.
 */

/** A server of such a service: `[NAME, HOST, PORT, OPTIONS]` in YAML. */
export interface LegacyServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Words of HAProxy's `server` line; the charm's `{i}` is already the server's number. */
  readonly options: readonly string[];
}

/** A further backend of a service. */
export interface LegacyBackend {
  readonly backend_name: string;
  readonly servers: readonly LegacyServer[];
}

/** A service, whole. */
export interface LegacyService {
  readonly service_name: string;
  /** Where HAProxy is to listen. */
  readonly service_host: string;
  readonly service_port: number;
  /** Lines of HAProxy's section. */
  readonly service_options: readonly string[];
  /** The options of servers that bring none. */
  readonly server_options: readonly string[];
  readonly servers: readonly LegacyServer[];
  readonly backends: readonly LegacyBackend[];
}

/** A service as it was sent: what is not said is not known yet. */
export type Named =
  & Omit<LegacyService, "service_host" | "service_port" | "service_options" | "server_options">
  & {
    readonly [Key in "service_host" | "service_port" | "service_options" | "server_options"]?: LegacyService[Key];
  };

/**
 * Reads what YAML has given: a list of services, or a single one.
 *
 * @param given of any shape
 * @returns the services that have a name, and what could not be used
 */
export function readServices(given: unknown): { readonly services: readonly Named[]; readonly faults: string[] } {
  const faults: string[] = [];
  const list = Array.isArray(given) ? given : given === null || given === undefined ? [] : [given];
  const services = list.flatMap((one): Named[] => {
    const fields = fieldsOf(one);
    const name = textOf(fields["service_name"]);
    if (name === undefined) {
      faults.push('a service has no "service_name"');
      return [];
    }
    const [host, port] = [textOf(fields["service_host"]), portOf(fields["service_port"])];
    const [options, serverOptions] = [fields["service_options"], fields["server_options"]];
    const servers = (from: unknown) => readServers(from, (why) => faults.push(`service "${name}": ${why}`));
    return [{
      service_name: name,
      ...(host === undefined ? {} : { service_host: host }),
      ...(port === undefined ? {} : { service_port: port }),
      ...(options === undefined ? {} : { service_options: optionsOf(options) }),
      ...(serverOptions === undefined ? {} : { server_options: optionsOf(serverOptions) }),
      servers: servers(fields["servers"]),
      backends: listOf(fields["backends"]).flatMap((backend) => {
        const { backend_name, servers: own } = fieldsOf(backend);
        const called = textOf(backend_name);
        return called === undefined ? [] : [{ backend_name: called, servers: servers(own) }];
      }),
    }];
  });
  return { services, faults };
}

function readServers(given: unknown, onFault: (why: string) => void): LegacyServer[] {
  return listOf(given).flatMap((one) => {
    const [name, host, port] = [textOf(listOf(one)[0]), textOf(listOf(one)[1]), portOf(listOf(one)[2])];
    if (name !== undefined && host !== undefined && port !== undefined) {
      return [{ name, host, port, options: optionsOf(listOf(one)[3]) }];
    }
    onFault(`a server is ${JSON.stringify(one)} and must be [NAME, HOST, PORT, OPTIONS]`);
    return [];
  });
}

/** Services by name, in the order in which they came. */
export class ServiceTable {
  readonly #services = new Map<string, Named>();

  has(name: string): boolean {
    return this.#services.has(name);
  }

  /** Adds a service: what is there already keeps all it says, but servers and backends of both count. */
  add(service: Named): void {
    const known = this.#services.get(service.service_name);
    if (known === undefined) return void this.#services.set(service.service_name, service);
    const backends = Map.groupBy([...known.backends, ...service.backends], ({ backend_name }) => backend_name);
    this.#services.set(service.service_name, {
      ...service,
      ...known,
      servers: [...known.servers, ...service.servers],
      backends: [...backends].map(([name, same]) => ({
        backend_name: name,
        servers: same.flatMap(({ servers }) => servers),
      })),
    });
  }

  /** Adds a server with the service's own options. */
  addServer(name: string, server: Omit<LegacyServer, "options">): void {
    const service = this.#services.get(name);
    if (service === undefined) return;
    const added = { ...server, options: service.server_options ?? [] };
    this.#services.set(name, { ...service, servers: [...service.servers, added] });
  }

  /** All of them; servers in order, once, and numbered. */
  list(): Named[] {
    return [...this.#services.values()].map((service) => ({
      ...service,
      servers: numbered(service.servers),
      backends: service.backends.map((backend) => ({ ...backend, servers: numbered(backend.servers) })),
    }));
  }
}

/** The first of each name, host and port; `{i}` in its options becomes its number, as the charm does it. */
function numbered(servers: readonly LegacyServer[]): LegacyServer[] {
  const unique = new Map(servers.toReversed().map((one) => [JSON.stringify([one.name, one.host, one.port]), one]));
  const sorted = [...unique].sort(([a], [b]) => a < b ? -1 : 1).map(([, server]) => server);
  return sorted.map((server, index) => ({
    ...server,
    options: server.options.map((option) => option.replaceAll("{i}", String(index))),
  }));
}

/** Services by name; one that does not say where HAProxy is to listen gets all addresses and the next port but one. */
export function ensureAddresses(services: readonly Named[]): LegacyService[] {
  const sorted = services.toSorted((a, b) => a.service_name < b.service_name ? -1 : 1);
  let last = sorted.reduce((most, { service_host, service_port }) => {
    return service_host === undefined ? most : Math.max(most, service_port ?? 0);
  }, 0) || MONITORING_PORT;
  return sorted.map((service) => {
    const { service_host: host, service_port: port, service_options = [], server_options = [] } = service;
    const isKnown = host !== undefined && port !== undefined;
    if (!isKnown) last += 2;
    const address = isKnown
      ? { service_host: host, service_port: port }
      : { service_host: "0.0.0.0", service_port: last };
    return { ...service, ...address, service_options, server_options };
  });
}

/** Where the charm begins to count when no service has a port. */
const MONITORING_PORT = 10_000;

/** A list, or words with commas between. */
function optionsOf(given: unknown): readonly string[] {
  const list = typeof given === "string" ? given.split(",") : listOf(given);
  return list.map((one) => String(one).trim()).filter((one) => one !== "");
}

function portOf(value: unknown): number | undefined {
  const text = textOf(value);
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  return text === "" || text === "None" ? undefined : text;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
