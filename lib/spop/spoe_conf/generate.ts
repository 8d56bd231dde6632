/**
 * The configuration that an agent with some policies needs in a HAProxy of some version, ready to paste: `spoe.conf`, the backend,
 * and the frontend's filter and rules.
 */
import { formatAddress, InvalidAddress, parseAddress } from "../../net/mod.ts";
import type { MessageSpec } from "../policies/policy.ts";
import { frontendRules, type NamedVariable } from "./frontend_rules.ts";
import {
  CannotGenerate,
  type Described,
  distinctMessages,
  distinctVariables,
  escaped,
  isOnOneLine,
  requireName,
} from "./generate/names.ts";
import { spoeSection } from "./generate/spoe_section.ts";
import { type HaproxyVersion, hasSpopMode, parseHaproxyVersion } from "./version.ts";

export { CannotGenerate };

/** What to generate for. */
export interface GenerateOptions {
  /** The policies. */
  readonly policies: readonly Described[];
  /** HAProxy's version: `3.2`. */
  readonly haproxy: string;
  /** Where the agent listens: `127.0.0.1:3000`, `unix:/run/happi/spoa.sock`; several for several agents. */
  readonly address: string | readonly string[];
  /** The engine's name, `happi` if not said. */
  readonly engine?: string;
  /** The prefix of the variables; made from the engine's name if not said. */
  readonly prefix?: string;
  /** The backend's name, `ENGINE-agents` if not said. */
  readonly backend?: string;
  /** The path of the `spoe.conf`, `/etc/haproxy/ENGINE.spoe.conf` if not said. */
  readonly file?: string;
  /** The mode of the frontend, `http` if not said. */
  readonly mode?: "http" | "tcp";
  /** `timeout processing`, 500 ms if not said. The agent's own deadline should be below it. */
  readonly processingMs?: number;
}

/** The three pieces. */
export interface SpoeConfig {
  /** The content of the file that the filter names. */
  readonly spoe: string;
  /** The path of that file. */
  readonly file: string;
  /** A section for `haproxy.cfg`. */
  readonly backend: string;
  /** Lines for the frontend. */
  readonly frontend: string;
  /** All of it with a word on where each piece goes. */
  readonly text: string;
}

/**
 * Generates it.
 *
 * @param options the policies, HAProxy's version and the agent's address
 * @throws {CannotGenerate} when a name or an address does not fit into a configuration, or two policies want one message or variable
 * @throws {InvalidHaproxyVersion} when the version is none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { generateSpoeConfig } from "./generate.ts";
 * const reputation = {
 *   name: "reputation",
 *   kind: "ip_reputation",
 *   message: {
 *     name: "get-ip-reputation",
 *     event: "on-client-session",
 *     args: [{ name: "ip", types: ["ip"], fetch: "src" }],
 *   },
 *   sets: [{ scope: "session", name: "ip_score", type: "integer", description: "0 is bad, 100 is good" }],
 * } as const;
 * const made = generateSpoeConfig({ policies: [reputation], haproxy: "3.2", address: "127.0.0.1:3000" });
 * assert.match(made.backend, /mode spop/);
 * assert.match(made.frontend, /http-request deny if \{ var\(sess\.happi\.ip_score\) -m int lt 20 \}/);
 * ```
 */
export function generateSpoeConfig(options: GenerateOptions): SpoeConfig {
  const { engine = "happi", mode = "http", processingMs = 500, policies } = options;
  const { prefix = engine.replaceAll(/[^A-Za-z0-9_.]/g, "_"), backend = `${engine}-agents` } = options;
  const { file = `/etc/haproxy/${engine}.spoe.conf` } = options;
  const version = parseHaproxyVersion(options.haproxy);
  requireName("engine", engine, /^[A-Za-z0-9_.:-]+$/);
  requireName("prefix", prefix, /^[A-Za-z0-9_.]+$/);
  requireName("backend", backend, /^[A-Za-z0-9_.:-]+$/);
  requireName("file", file, /^[^\s\p{Cc}"'\\#$]+$/u);
  if (!Number.isSafeInteger(processingMs) || processingMs < 1 || processingMs > 2 ** 31 - 1) {
    throw new CannotGenerate(`option "processingMs" is "${processingMs}" and must be a whole number of 1 or more`);
  }
  const messages = distinctMessages(policies);
  const addresses = typeof options.address === "string" ? [options.address] : options.address;
  const variables = distinctVariables(policies, prefix);
  const spoe = spoeSection({ engine, prefix, backend, processingMs, version }, messages, variables);
  const section = backendSection(backend, engine, addresses, processingMs, version);
  const lines = frontendLines(engine, prefix, file, messages, variables, mode);
  return { spoe, file, backend: section, frontend: lines, text: together(file, spoe, section, lines) };
}

function backendSection(
  name: string,
  engine: string,
  addresses: readonly string[],
  processingMs: number,
  version: HaproxyVersion,
): string {
  const isOld = !hasSpopMode(version);
  const servers = addresses.map((address, index) => `    server ${engine}${index + 1} ${serverAddress(address)} check`);
  if (servers.length === 0) throw new CannotGenerate("there is no address");
  return [
    `backend ${name}`,
    `    mode ${isOld ? "tcp" : "spop"}`,
    "    balance roundrobin",
    // Above "timeout hello" and "timeout idle" of the agent; and never below the time of a verdict.
    "    timeout connect 2s",
    `    timeout server ${Math.max(180_000, processingMs * 2)}ms`,
    "    option spop-check",
    ...servers,
    "",
  ].join("\n");
}

/** An address as a `server` line has it. */
function serverAddress(text: string): string {
  try {
    const address = parseAddress(text);
    const written = address.transport === "unix" ? `unix@${address.path}` : formatAddress(address);
    if (!isOnOneLine(written)) throw new CannotGenerate(`address "${text}" does not fit on a line`);
    return escaped(written);
  } catch (thrown) {
    if (thrown instanceof InvalidAddress) throw new CannotGenerate(thrown.message);
    throw thrown;
  }
}

function frontendLines(
  engine: string,
  prefix: string,
  file: string,
  messages: readonly MessageSpec[],
  variables: readonly NamedVariable[],
  mode: "http" | "tcp",
): string {
  const needsBody = messages.some((message) => message.args.some(({ fetch }) => /^req\.body\b/.test(fetch)));
  const needsHttp = messages.find((message) => message.event.includes("http"));
  if (mode === "tcp" && needsHttp !== undefined) {
    throw new CannotGenerate(`message "${needsHttp.name}" is sent at "${needsHttp.event}", which mode tcp has not`);
  }
  return [
    ...(needsBody ? ["    option http-buffer-request"] : []),
    `    filter spoe engine ${engine} config ${file}`,
    ...frontendRules(variables, mode).map((line) => `    ${line}`),
    `    # refuse when there is no verdict: ${refusal(prefix, mode)}`,
    "",
  ].join("\n");
}

function refusal(prefix: string, mode: "http" | "tcp"): string {
  const rule = mode === "http" ? "http-request deny deny_status 503" : "tcp-request content reject";
  return `${rule} if { var(txn.${prefix}.error) -m found }`;
}

function together(file: string, spoe: string, backend: string, frontend: string): string {
  return [
    `# ---- ${file}`,
    spoe,
    "# ---- haproxy.cfg: a section of its own",
    backend,
    "# ---- haproxy.cfg: in the frontend",
    frontend,
  ].join("\n");
}
