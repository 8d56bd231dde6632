/**
 * The `spoe.conf` itself: agent and messages, with what each HAProxy needs to be told.
 */
import type { MessageSpec } from "../../policies/policy.ts";
import type { NamedVariable } from "../frontend_rules.ts";
import { type HaproxyVersion, hasSpopMode } from "../version.ts";
import { argumentsOf } from "./names.ts";

/** Names and times of an engine. */
export interface Names {
  readonly engine: string;
  readonly prefix: string;
  readonly backend: string;
  readonly processingMs: number;
  readonly version: HaproxyVersion;
}

/** The content of the file. */
export function spoeSection(
  { engine, prefix, backend, processingMs, version }: Names,
  messages: readonly MessageSpec[],
  variables: readonly NamedVariable[],
): string {
  const isOld = !hasSpopMode(version);
  const registered = [...new Set(variables.map(({ variable }) => variable.name))];
  const isForced = variables.some(({ variable }) => variable.scope === "process");
  const lines = [
    `[${engine}]`,
    "",
    `spoe-agent ${engine}-agent`,
    ...atMost(messages.map((message) => message.name)).map((names) => `    messages ${names}`),
    "",
    "    # variables are named <scope>.<prefix>.<name>",
    `    option var-prefix ${prefix}`,
    "    # without this HAProxy drops those that no rule names",
    ...atMost(registered).map((names) => `    register-var-names ${names}`),
    ...(isForced ? ["    # agents may create variables of scope proc only with this", "    option force-set-var"] : []),
    "",
    `    # what went wrong is in txn.${prefix}.error, and the next event is tried again`,
    "    option set-on-error error",
    "    option continue-on-error",
    "    option pipelining",
    ...(isOld ? ["    # a lost connection is noticed at once, and not by a timeout", "    no option async"] : []),
    "",
    // In the order in which they must grow; hello and idle are gone since 3.1.
    ...(isOld ? ["    timeout hello 500ms", "    timeout idle 30s"] : []),
    "    # the agent's own deadline must be below this",
    `    timeout processing ${processingMs}ms`,
    "",
    `    use-backend ${backend}`,
    ...messages.flatMap((message) => [
      "",
      `spoe-message ${message.name}`,
      ...atMost(argumentsOf(message)).map((args) => `    args ${args}`),
      `    event ${message.event}`,
    ]),
  ];
  return lines.filter((line, index) => line !== "" || lines[index - 1] !== "").join("\n") + "\n";
}

/** A line has 64 words at most: names together so far as they fit. */
function atMost(words: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(words.length / 32) }, (_, index) => {
    return words.slice(index * 32, index * 32 + 32).join(" ");
  });
}
