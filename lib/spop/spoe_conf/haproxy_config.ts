/**
 * What SPOE needs to know of `haproxy.cfg`: filters, backends with their mode and times, variables and groups that rules name.
 */
import { parseDuration } from "./duration.ts";
import { type Line, readLines, type Word } from "./words.ts";

/** A proxy section with what it has from its defaults. */
export interface Proxy {
  readonly kind: "frontend" | "backend" | "listen";
  readonly name: string;
  readonly line: number;
  /** `tcp` where nothing is said. */
  mode: string;
  /** `timeout` by kind, in milliseconds. */
  readonly timeouts: Map<string, number>;
  /** Names behind `option`. */
  readonly options: Set<string>;
  /** `filter spoe` lines. */
  readonly filters: SpoeFilter[];
}

/** A `filter spoe` line. */
export interface SpoeFilter {
  readonly line: number;
  readonly engine: string | undefined;
  readonly config: string | undefined;
}

/** A name that a rule uses, and its line. */
export interface Mention {
  readonly name: string;
  readonly line: number;
}

/** What there is in the file. */
export interface HaproxyConfig {
  readonly proxies: readonly Proxy[];
  /** Variables with their scope: `sess.iprep.ip_score`. */
  readonly variables: readonly Mention[];
  /** `send-spoe-group ENGINE GROUP`: the two with a blank between. */
  readonly groups: readonly Mention[];
  /** `tune.bufsize`. */
  readonly bufsize: number;
}

const DEFAULT_BUFSIZE = 16384;
const SECTIONS =
  /^(global|defaults|frontend|backend|listen|peers|resolvers|userlist|mailers|program|http-errors|cache|ring|log-forward|fcgi-app|crt-store|traces|acme|log-profile)$/;

/**
 * Reads `haproxy.cfg`. Never throws; what it does not know it steps over.
 *
 * @param text the file, or several one after the other
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readHaproxyConfig } from "./haproxy_config.ts";
 * const { proxies } = readHaproxyConfig("defaults\n  mode http\nfrontend web\n  filter spoe engine e config e.conf\n");
 * assert.equal(proxies[0]?.mode, "http");
 * assert.equal(proxies[0]?.filters[0]?.engine, "e");
 * ```
 */
export function readHaproxyConfig(text: string): HaproxyConfig {
  const lines = readLines(text);
  const proxies: Proxy[] = [];
  const named = new Map<string, Proxy>();
  let defaults = newProxy("defaults", "", 0, undefined);
  let current: Proxy | undefined;
  let bufsize = DEFAULT_BUFSIZE;
  for (const line of lines) {
    const [first, second, third, fourth] = line.words.map((word) => word.text);
    if (first === undefined) continue;
    if (first === "defaults") {
      const parent = second === "from" ? third : third === "from" ? fourth : undefined;
      defaults = newProxy("defaults", second ?? "", line.number, named.get(parent ?? ""));
      named.set(defaults.name, defaults);
      current = defaults;
    } else if (first === "frontend" || first === "backend" || first === "listen") {
      const parent = third === "from" ? named.get(fourth ?? "") : undefined;
      current = newProxy(first, second ?? "", line.number, parent ?? defaults);
      proxies.push(current);
    } else if (SECTIONS.test(first)) {
      current = undefined;
    } else if (first === "tune.bufsize") {
      bufsize = Number(/^\d+/.exec(second ?? "")?.[0] ?? bufsize);
    } else if (current !== undefined) {
      readProxyLine(current, line);
    }
  }
  return { proxies, bufsize, variables: lines.flatMap(variablesOf), groups: lines.flatMap(groupsOf) };
}

function newProxy(kind: string, name: string, line: number, parent: Proxy | undefined): Proxy {
  return {
    kind: kind === "frontend" || kind === "listen" ? kind : "backend",
    name,
    line,
    mode: parent?.mode ?? "tcp",
    timeouts: new Map(parent?.timeouts),
    options: new Set(parent?.options),
    filters: [],
  };
}

function readProxyLine(proxy: Proxy, { words, number }: Line): void {
  const [first, second, third] = words.map((word) => word.text);
  if (first === "mode") proxy.mode = second ?? proxy.mode;
  if (first === "option") proxy.options.add(second ?? "");
  if (first === "no" && second === "option") proxy.options.delete(third ?? "");
  const time = first === "timeout" ? parseDuration(third ?? "") : undefined;
  if (time !== undefined) proxy.timeouts.set(second ?? "", time);
  if (first === "filter" && second === "spoe") {
    proxy.filters.push({ line: number, engine: behind(words, "engine"), config: behind(words, "config") });
  }
}

function behind(words: readonly Word[], keyword: string): string | undefined {
  const at = words.findIndex((word) => word.text === keyword);
  return at < 0 ? undefined : words[at + 1]?.text;
}

/** Wherever a line names one: `var(…)` and `set-var(…)`, in ACLs, samples and log formats alike. */
function variablesOf({ words, number }: Line): Mention[] {
  return words.flatMap((word) =>
    [...word.text.matchAll(/\b(?:un)?(?:set-)?var(?:-fmt)?\(((?:proc|sess|txn|req|res|check)\.[A-Za-z0-9_.]+)/g)]
      .map((found) => ({ name: found[1] ?? "", line: number }))
  );
}

function groupsOf({ words, number }: Line): Mention[] {
  const at = words.findIndex((word) => word.text === "send-spoe-group");
  const [engine, group] = at < 0 ? [] : words.slice(at + 1);
  return engine === undefined || group === undefined ? [] : [{ name: `${engine.text} ${group.text}`, line: number }];
}
