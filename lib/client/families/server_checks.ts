/**
 * Servers' health checks and agent checks (management guide, 9.3 "set server", "enable health", "disable agent").
 */
import { cli } from "../../socket/mod.ts";
import { nothing, type Rows } from "../method.ts";
import { choice, integer, optional, server, text } from "../parameter.ts";
import { ipAddress } from "../parameter_values.ts";
import { toggle } from "./change.ts";

/** Methods that change how servers are checked. A server is written `backend/server`, each a name or `#` and a number. */
export interface ServerCheckMethods {
  /**
   * Forces a server's health, until its next check says otherwise.
   *
   * @param server the server
   * @param health `stopping` takes no new sessions but sticky ones
   */
  setServerHealth(server: string, health: "up" | "stopping" | "down"): Promise<void>;

  /**
   * Forces what the agent check is taken to have said, until it speaks again.
   *
   * @param server a server with an agent check
   * @param state what the agent would have said
   */
  setServerAgent(server: string, state: "up" | "down"): Promise<void>;

  /**
   * Sets where a server's agent is asked.
   *
   * @param server a server with an agent check
   * @param address an address, without DNS
   * @param port 1 to 65535
   */
  setServerAgentAddress(server: string, address: string, port?: number): Promise<void>;

  /**
   * Sets the port where a server's agent is asked.
   *
   * @param server a server with an agent check
   * @param port 1 to 65535
   */
  setServerAgentPort(server: string, port: number): Promise<void>;

  /**
   * Sets what is sent to a server's agent; HAProxy adds nothing to it, and takes no line feed here.
   *
   * @param server a server with an agent check
   * @param send the text; nothing for none
   */
  setServerAgentSend(server: string, send?: string): Promise<void>;

  /**
   * Sets where a server's health check connects to. Refused by HAProxy 3.4.0, whatever the address.
   *
   * @param server a server with a health check
   * @param address an address, without DNS
   * @param port 1 to 65535
   */
  setServerCheckAddress(server: string, address: string, port?: number): Promise<void>;

  /**
   * Sets the port that a server's health check connects to.
   *
   * @param server a server with a health check
   * @param port 1 to 65535
   */
  setServerCheckPort(server: string, port: number): Promise<void>;

  /** Starts a server's health checks. @param server a server with a health check */
  enableHealth(server: string): Promise<void>;

  /** Stops a server's health checks; it keeps its last state. @param server the server */
  disableHealth(server: string): Promise<void>;

  /** Starts a server's agent checks. @param server a server with an agent check */
  enableAgent(server: string): Promise<void>;

  /** Stops a server's agent checks; what the agent set stays. @param server the server */
  disableAgent(server: string): Promise<void>;
}

const port = integer("port", "the port, 1 to 65535", 1, 65535, "PORT");
const address = ipAddress("address", "an IPv4 or IPv6 address");

/** The rows of {@linkcode ServerCheckMethods}. */
export const serverCheckMethods: Rows<ServerCheckMethods> = {
  setServerHealth: {
    kind: "command",
    summary: "Force a server's health until its next check",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), choice("health", "the forced health", ["up", "stopping", "down"])],
    command: (name, health) => cli`set server ${name} health ${health}`,
    parse: nothing,
  },
  setServerAgent: {
    kind: "command",
    summary: "Force what the agent check is taken to have said",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), choice("state", "what the agent would have said", ["up", "down"])],
    command: (name, state) => cli`set server ${name} agent ${state}`,
    parse: nothing,
  },
  setServerAgentAddress: {
    kind: "command",
    summary: "Set where a server's agent is asked",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), address, optional(port)],
    command: (name, ip, portNumber) => cli`set server ${name} agent-addr ${ip} ${portNumber && ["port", portNumber]}`,
    parse: nothing,
  },
  setServerAgentPort: {
    kind: "command",
    summary: "Set the port where a server's agent is asked",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), port],
    command: (name, portNumber) => cli`set server ${name} agent-port ${portNumber}`,
    parse: nothing,
  },
  setServerAgentSend: {
    kind: "command",
    summary: "Set what is sent to a server's agent; nothing for none",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), optional(text("send", "the text, without line feed"))],
    command: (name, send) => cli`set server ${name} agent-send ${send}`,
    parse: nothing,
  },
  setServerCheckAddress: {
    kind: "command",
    summary: "Set where a server's health check connects to",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), address, optional(port)],
    command: (name, ip, portNumber) => cli`set server ${name} check-addr ${ip} ${portNumber && ["port", portNumber]}`,
    parse: nothing,
  },
  setServerCheckPort: {
    kind: "command",
    summary: "Set the port that a server's health check connects to",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [server(), port],
    command: (name, portNumber) => cli`set server ${name} check-port ${portNumber}`,
    parse: nothing,
  },
  enableHealth: toggle("Start a server's health checks", (name) => cli`enable health ${name}`),
  disableHealth: toggle(
    "Stop a server's health checks; it keeps its last state",
    (name) => cli`disable health ${name}`,
  ),
  enableAgent: toggle("Start a server's agent checks", (name) => cli`enable agent ${name}`),
  disableAgent: toggle("Stop a server's agent checks; what the agent set stays", (name) => cli`disable agent ${name}`),
};
