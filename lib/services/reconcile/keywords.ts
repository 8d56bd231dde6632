/**
 * The words of HAProxy's `server` line that a route's options stand for (configuration manual, 5.2 "Server and
 * default-server options"; management guide, 9.3 "add server").
 */
import type { RouteOptions } from "./route_options.ts";

/** What a unit says in the place of, or beside, the options. */
export interface Said {
  readonly weight?: number;
  readonly maxconn?: number;
  /** The agent's, with its text filled in. */
  readonly agent?: { readonly addr?: string; readonly port: number; readonly send?: string };
}

/** The words behind the address in `add server`. */
export function keywordsOf(options: RouteOptions, { weight, maxconn, agent }: Said): string[] {
  return [
    ...word("weight", weight),
    ...word("maxconn", maxconn),
    ...(options.check ? ["check", ...word("port", options.check_port), ...word("inter", options.inter)] : []),
    ...(agent ? ["agent-check", ...word("agent-port", agent.port), ...word("agent-addr", agent.addr)] : []),
    ...(agent ? [...word("agent-send", agent.send), ...word("agent-inter", options.agent_check?.inter)] : []),
    ...(options.keywords?.trim().split(/\s+/) ?? []),
  ];
}

/**
 * The words that hold as long as the server is there. All others HAProxy can change, and shows: weight, maxconn, ports and
 * addresses of checks. Where an agent speaks, the weight is the one that its percentages are of.
 */
export function lastingWords(options: RouteOptions, { weight, agent }: Said): string {
  const { check, inter, agent_check, keywords } = options;
  return [
    ...(check ? ["check", ...word("inter", inter)] : []),
    ...(agent ? ["agent-check", ...word("agent-send", agent.send), ...word("agent-inter", agent_check?.inter)] : []),
    ...(agent ? word("weight", weight) : []),
    ...(keywords?.trim().split(/\s+/) ?? []),
  ].join(" ");
}

function word(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}
