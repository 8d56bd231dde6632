/**
 * What a route says of its servers, and of the entries that it keeps in maps and ACLs.
 */

/** How the servers of a route are made: keywords of HAProxy's `server` line. */
export interface RouteOptions {
  /** Health checks. */
  readonly check?: boolean;
  /** Where they connect, if not to the server's own port. */
  readonly check_port?: number;
  /** Time between health checks as HAProxy writes it: `500ms`, `2s`. */
  readonly inter?: string;
  readonly agent_check?: AgentCheck;
  /** 0 to 256, where the unit says none. With an agent check it is what the agent's percentages are of. */
  readonly weight?: number;
  /** Where the unit says none. */
  readonly maxconn?: number;
  /** More words of the `server` line, such as `ssl verify none`. */
  readonly keywords?: string;
}

/** An agent that is asked about each server. */
export interface AgentCheck {
  /** Its IP address; the server's own if not given. */
  readonly addr?: string;
  readonly port: number;
  /** What is sent to it, such as `{service}/{unit}`. HAProxy adds no line feed. */
  readonly send?: string;
  /** Time between questions as HAProxy writes it. */
  readonly inter?: string;
}

/** An entry of a map, or of an ACL (which has no value). */
export interface RouteEntry {
  /** The file as HAProxy shows it. */
  readonly file: string;
  /** Such as `{service}.example.test`. One for the service, or one a unit when it names something of the unit. */
  readonly key: string;
  /** Such as `{backend}`. */
  readonly value?: string;
}
