/**
 * The `server` lines by which HAProxy asks the agent (configuration manual, 5.2 "agent-check", "agent-send").
 */
import type { CheckConfig, SteadyOptions } from "../../agent/mod.ts";
import { type Address, formatAddress } from "../../net/mod.ts";
import type { AgentPlan } from "./settings.ts";

/** For which HAProxy. */
export interface HaproxyLinesOptions {
  /** `3.2`. */
  readonly version: string;
  /** The backend's name. */
  readonly backend: string;
  /** What each check checks, by its name. */
  readonly targets: ReadonlyMap<string, string>;
}

/** A backend with a server for each check of a plan, and what is to be known of it as comments. */
export function haproxyLines(plan: Pick<AgentPlan, "listen" | "set" | "wire">, options: HaproxyLinesOptions): string {
  const { version, backend, targets } = options;
  const agent = plan.listen.find((address) => address.transport === "tcp");
  const checks = plan.set.checks.length > 0 ? plan.set.checks : [EXAMPLE];
  const names = serverNames(checks);
  return [
    `# For HAProxy ${version}. HAProxy reads the agent's word every agent-inter, and waits as long for it: longer than the`,
    "# check's deadline. A `timeout check` counts in its place where there is one. Without `check` the agent alone decides.",
    ...(agent === undefined ? [`# ${NO_TCP} ${plan.listen.map(formatAddress).join(", ")}.`] : []),
    `backend ${backend}`,
    ...checks.flatMap((check, index) => [
      ...remarks(check, version).map((remark) => `    # ${remark}`),
      `    server ${names[index]} ${serverAddress(targets.get(check.name))} check agent-check ` +
      `${agentAddress(agent)} agent-inter ${interval(check.steady ?? {})} agent-send "${quoted(requestOf(check))}\\n"`,
    ]),
    "",
  ].join("\n");
}

const NO_TCP = "HAProxy asks agents over TCP only: give the agent a TCP address too. Now it listens on";

/** Shown where the configuration has no checks. */
const EXAMPLE: CheckConfig = { name: "http|http://10.0.0.1:8080/health|status=200-299", kind: "http", options: {} };

function requestOf({ name }: CheckConfig): string {
  return name;
}

/** Names of servers: letters, digits and a few signs, each once. */
function serverNames(checks: readonly CheckConfig[]): string[] {
  const taken = new Set<string>();
  return checks.map((check) => {
    const wanted = check === EXAMPLE ? "s1" : check.name.replaceAll(/[^\w.:-]/g, "_");
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  });
}

/** The server's own address is mostly that of the target. */
function serverAddress(target = "http://10.0.0.1:8080/"): string {
  const url = URL.parse(target);
  if (url !== null && /^(?:https?|grpcs?|tcp|redis|postgres):$/.test(url.protocol) && url.hostname !== "") {
    return `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`;
  }
  const [, host, port] = /^(\[[\da-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(target) ?? [];
  return host === undefined ? "192.0.2.1:80" : `${host}:${port}`;
}

function agentAddress(agent: (Address & { readonly transport: "tcp" }) | undefined): string {
  const { hostname, port } = agent ?? { hostname: "127.0.0.1", port: 1337 };
  // Who listens everywhere is asked on this host.
  const host = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
  return `agent-addr ${host} agent-port ${port}`;
}

/** Half a second longer than the deadline, and HAProxy's own 2 s at least. */
function interval({ deadlineMs = 1_500 }: SteadyOptions): string {
  const ms = Math.max(2_000, deadlineMs + 500);
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

function remarks({ name, kind, steady = {} }: CheckConfig, version: string): string[] {
  const replies = [steady.onUp, steady.onDown, steady.onDeadline];
  const isAbsolute = replies.some((reply) => reply?.weight !== undefined && "absolute" in reply.weight);
  const isOld = version.localeCompare("3.1", "en", { numeric: true }) < 0;
  return [
    name === EXAMPLE.name ? "an example: whatever agent-send says is checked" : `check ${name}: ${kind}`,
    ...(isAbsolute && isOld ? [`"weight:N" is known by HAProxy 3.1 and later: ${version} ignores it`] : []),
  ];
}

/** Within double quotes of HAProxy's configuration. */
function quoted(text: string): string {
  return text.replaceAll(/["\\$]/g, "\\$&");
}
