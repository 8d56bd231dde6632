/**
 * Servers: their state, and what can be changed about them at run time (management guide, 9.3 "show servers state",
 * "show servers conn", "set server", "get weight", "set maxconn server"). Their checks are in `server_checks.ts`, adding and
 * removing in `dynamic_servers.ts`.
 */
import { cli } from "../../socket/mod.ts";
import { parseServersConn, type ServerConnections } from "../formats/servers_conn.ts";
import { parseServersState, type ServersState } from "../formats/servers_state.ts";
import { parseWeight, type Weight } from "../formats/weight.ts";
import { nothing, type Rows, words } from "../method.ts";
import { choice, integer, optional, proxy, server, text, weight } from "../parameter.ts";
import { ipAddress } from "../parameter_values.ts";
import { toggle } from "./change.ts";

/** Methods that read and change servers. A server is written `backend/server`, each a name or `#` and a number. */
export interface ServerMethods {
  /**
   * Reads the state of every server, or of one backend's: addresses, weights, admin and operational state apart.
   *
   * @param backend only this backend's servers
   * @returns the servers, with HAProxy's columns and the decoded states beside them
   * @throws {NotFound} when there is no such backend
   */
  getServersState(backend?: string): Promise<ServersState>;

  /**
   * Reads how many connections each server has in use, idle and kept for reuse, by thread.
   *
   * @param backend only this backend's servers
   * @throws {NotFound} when there is no such backend
   */
  getServersConn(backend?: string): Promise<ServerConnections[]>;

  /**
   * Sets a server's administrative state. `drain` lets running sessions finish and takes no new ones but sticky ones;
   * `maint` stops traffic and health checks; `ready` undoes both.
   *
   * @param server the server
   * @param state the new state
   * @throws {NotFound} when there is no such server
   */
  setServerState(server: string, state: "ready" | "drain" | "maint"): Promise<void>;

  /**
   * Sets a server's weight.
   *
   * @param server the server
   * @param weight 0 to 256, or a percentage of the initial weight such as `50%`; a backend with a static algorithm takes
   *   0% and 100% only
   */
  setServerWeight(server: string, weight: number | string): Promise<void>;

  /**
   * Reads a server's weight, and the one it started with.
   *
   * @param server the server
   */
  getServerWeight(server: string): Promise<Weight>;

  /**
   * Sets a server's address, and its port where one is given.
   *
   * @param server the server
   * @param address an IPv4 or IPv6 address
   * @param port 1 to 65535
   * @returns HAProxy's words, such as `IP changed from '10.0.0.1' to '10.0.0.2' by 'stats socket command'`
   */
  setServerAddress(server: string, address: string, port?: number): Promise<string>;

  /**
   * Sets how many sessions a server may have at once.
   *
   * @param server the server
   * @param maxconn sessions; 0 for no limit
   */
  setServerMaxconn(server: string, maxconn: number): Promise<void>;

  /**
   * Sets the name that a server's address is resolved from.
   *
   * @param server a server with `resolvers`
   * @param fqdn the name
   * @returns HAProxy's words
   */
  setServerFqdn(server: string, fqdn: string): Promise<string>;

  /**
   * Turns TLS to a server on or off; its TLS settings must be in the configuration.
   *
   * @param server the server
   * @param ssl `on` or `off`
   * @returns HAProxy's words
   */
  setServerSsl(server: string, ssl: "on" | "off"): Promise<string>;

  /** Ends a server's maintenance (`enable server`). @param server the server */
  enableServer(server: string): Promise<void>;

  /** Puts a server into maintenance (`disable server`). @param server the server */
  disableServer(server: string): Promise<void>;
}

/** The rows of {@linkcode ServerMethods}. */
export const serverMethods: Rows<ServerMethods> = {
  getServersState: {
    kind: "command",
    summary: "State of every server, or of one backend's: address, weight, admin and operational state",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [optional(proxy("backend", "only this backend's servers"))],
    command: (backend) => cli`show servers state ${backend}`,
    parse: parseServersState,
  },
  getServersConn: {
    kind: "command",
    summary: "Connections of every server, or of one backend's: in use, idle, by thread",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [optional(proxy("backend", "only this backend's servers"))],
    command: (backend) => cli`show servers conn ${backend}`,
    parse: parseServersConn,
  },
  setServerState: {
    kind: "command",
    summary: "Set a server's administrative state: ready, drain or maint",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), choice("state", "the new state", ["ready", "drain", "maint"])],
    command: (name, state) => cli`set server ${name} state ${state}`,
    parse: nothing,
  },
  setServerWeight: {
    kind: "command",
    summary: "Set a server's weight, absolute or in percent of its initial one",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), weight("weight", "0 to 256, or a percentage of the initial weight")],
    command: (name, value) => cli`set server ${name} weight ${value}`,
    parse: nothing,
  },
  getServerWeight: {
    kind: "command",
    summary: "A server's weight, and the one it started with",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [server()],
    command: (name) => cli`get weight ${name}`,
    parse: parseWeight,
  },
  setServerAddress: {
    kind: "command",
    summary: "Set a server's address, and its port where one is given",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      server(),
      ipAddress("address", "an IPv4 or IPv6 address"),
      optional(integer("port", "the port, 1 to 65535", 1, 65535, "PORT")),
    ],
    command: (name, ip, portNumber) => cli`set server ${name} addr ${ip} ${portNumber && ["port", portNumber]}`,
    parse: words,
  },
  setServerMaxconn: {
    kind: "command",
    summary: "Set how many sessions a server may have at once; 0 for no limit",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), integer("maxconn", "sessions; 0 for no limit", 0, 0x7fffffff)],
    command: (name, maxconn) => cli`set maxconn server ${name} ${maxconn}`,
    parse: nothing,
  },
  setServerFqdn: {
    kind: "command",
    summary: "Set the name that a server's address is resolved from",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), text("fqdn", "the name", "NAME")],
    command: (name, fqdn) => cli`set server ${name} fqdn ${fqdn}`,
    parse: words,
  },
  setServerSsl: {
    kind: "command",
    summary: "Turn TLS to a server on or off",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), choice("ssl", "TLS to the server", ["on", "off"])],
    command: (name, ssl) => cli`set server ${name} ssl ${ssl}`,
    parse: words,
  },
  enableServer: toggle("End a server's maintenance", (name) => cli`enable server ${name}`),
  disableServer: toggle("Put a server into maintenance", (name) => cli`disable server ${name}`),
};
