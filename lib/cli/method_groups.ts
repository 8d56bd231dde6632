/**
 * The client's methods in groups, as the help shows them. A method belongs to the first group whose words fit its name.
 */

/** A group of methods. */
export interface MethodGroup {
  readonly title: string;
  /** Names in snake_case, in their table's order. */
  readonly names: readonly string[];
}

const GROUPS: readonly (readonly [title: string, names: RegExp])[] = [
  ["Statistics and state", /^(?:get|reset|clear|dump)_(?:info|stats?|counters|typed|version|activity|stats_file)/],
  ["Sticky tables", /table/],
  ["Maps and ACLs", /_(?:map|maps|acl|acls)(?:_|$)/],
  ["Certificates and TLS", /certificate|_(?:ca|crl|crt|ocsp|sni|tls|jwt|ech|acme)(?:_|$)|ssl_providers/],
  ["Sessions", /session|stream/],
  ["Servers", /server(?:s|_|$)|_(?:health|agent)$|^drain/],
  ["Backends and frontends", /backend|frontend|dynamic_cookie|proxy/],
  ["Master and reload", /^(?:get_processes|get_master|get_load|hard_reload|reload)/],
  ["Limits and settings", /maxconn|rate_limit|timeout|compression|_var$|_env$|_cli_|anon|level/],
  ["Peers, resolvers, caches", /peer|resolver|cache/],
  ["Events, errors, traces", /event|error|trace|ring|log/],
  ["Inside HAProxy", /pool|thread|task|profil|debug|file_desc|librar|dev|quic|sched|fd|command|help|capabilit|wait/],
];

/**
 * Puts methods into groups.
 *
 * @param names names in snake_case
 * @returns the groups that have methods; what fits none is in the last, "Other"
 */
export function groupMethods(names: readonly string[]): MethodGroup[] {
  const titles = [...GROUPS.map(([title]) => title), OTHER];
  return titles
    .map((title) => ({ title, names: names.filter((name) => groupOf(name) === title) }))
    .filter((group) => group.names.length > 0);
}

const OTHER = "Other";

function groupOf(name: string): string {
  return GROUPS.find(([, words]) => words.test(name))?.[0] ?? OTHER;
}
