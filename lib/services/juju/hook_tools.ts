/**
 * Juju's hook tools: what a charm's hook may ask and say. Each is a program that Juju puts in the hook's PATH; here they are
 * run with arguments as a list, never through a shell (Juju's documentation, "Hook commands").
 */
import { reason } from "../../errors.ts";
import { HookToolFailed, HookToolMissing } from "../errors.ts";
import type { Databag } from "../relation/databag.ts";

/** The hook tools that relations need. */
export interface HookTools {
  /** The relations of an endpoint: `website:1`. */
  relationIds(endpoint: string): Promise<readonly string[]>;
  /** The units on the other side of a relation: `web/0`. */
  relationList(relation: string): Promise<readonly string[]>;
  /** What a unit, or this one itself, has said in a relation. */
  relationGet(relation: string, unit: string): Promise<Databag>;
  /** Says it; a key with an empty text is taken back. Juju hands it on when the hook ends with status 0. */
  relationSet(relation: string, settings: Readonly<Record<string, string>>): Promise<void>;
  /** This unit's addresses on a relation, as Juju writes them down; since Juju 2.3. */
  networkGet(endpoint: string, relation: string): Promise<Databag>;
  /** This unit's address; `undefined` when Juju knows none. */
  unitGet(key: "private-address" | "public-address"): Promise<string | undefined>;
}

/** How tools are run. */
export interface HookToolsOptions {
  /** All their variables, JUJU_CONTEXT_ID and PATH among them; those of this process if not given. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long each may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Ends what runs. */
  readonly signal?: AbortSignal;
}

/**
 * The tools in the PATH.
 *
 * @param options their variables and their time
 * @throws each of them: {@linkcode HookToolMissing} when there is no such tool, {@linkcode HookToolFailed} when it says no,
 * takes too long, or answers what it never should
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hookTools } from "./hook_tools.ts";
 * const tools = hookTools({ env: { PATH: "/nonexistent" } });
 * await assert.rejects(tools.relationIds("website"), /Cannot run "relation-ids": there is no such hook tool/);
 * ```
 */
export function hookTools(options: HookToolsOptions = {}): HookTools {
  const ask = async (tool: string, args: readonly string[]): Promise<unknown> => {
    const text = await runTool(tool, args, options);
    try {
      return text.trim() === "" ? null : JSON.parse(text);
    } catch (thrown) {
      throw new HookToolFailed(tool, args, `its answer is no JSON: "${text.trim().slice(0, 200)}"`, thrown);
    }
  };
  const askFor = async <T>(tool: string, args: readonly string[], read: (answer: unknown) => T | undefined) => {
    const answer = await ask(tool, args);
    const value = read(answer);
    if (value !== undefined) return value;
    throw new HookToolFailed(tool, args, `its answer is unexpected: "${JSON.stringify(answer).slice(0, 200)}"`);
  };
  return {
    relationIds: (endpoint) => askFor("relation-ids", ["--format", "json", endpoint], readNames),
    relationList: (relation) => askFor("relation-list", ["--format", "json", "-r", relation], readNames),
    relationGet: (relation, unit) => {
      return askFor("relation-get", ["--format", "json", "-r", relation, "-", unit], readFields);
    },
    async relationSet(relation, settings) {
      const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
      await runTool("relation-set", ["-r", relation, ...words], options);
    },
    networkGet: (endpoint, relation) => {
      return askFor("network-get", ["--format", "json", "-r", relation, endpoint], readFields);
    },
    async unitGet(key) {
      const answer = await ask("unit-get", ["--format", "json", key]);
      return typeof answer === "string" && answer !== "" ? answer : undefined;
    },
  };
}

/** Nothing at all is `null` to some versions. */
function readNames(answer: unknown): readonly string[] | undefined {
  const list: unknown = answer ?? [];
  return Array.isArray(list) && list.every((one) => typeof one === "string") ? list : undefined;
}

function readFields(answer: unknown): Databag | undefined {
  const fields: unknown = answer ?? {};
  return typeof fields === "object" && fields !== null && !Array.isArray(fields) ? { ...fields } : undefined;
}

const DEFAULT_MS = 30_000;

/** Runs a tool. @returns what it wrote */
async function runTool(tool: string, args: readonly string[], options: HookToolsOptions): Promise<string> {
  const { env, timeoutMs = DEFAULT_MS, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(tool, args, env);
  const ending = Promise.withResolvers<never>();
  const kill = (why: unknown) => {
    ending.reject(why);
    try {
      child.kill("SIGKILL");
    } catch {
      // it has ended by itself meanwhile
    }
  };
  const timer = setTimeout(
    () => kill(new HookToolFailed(tool, args, `it did not end within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const abort = () => kill(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    // What it has started itself may hold its output open for longer than it lives.
    const { success, code, stdout, stderr } = await Promise.race([child.output(), ending.promise]);
    if (success) return new TextDecoder().decode(stdout);
    const said = new TextDecoder().decode(stderr).trim().replaceAll(/\s*\n\s*/g, " ");
    throw new HookToolFailed(
      tool,
      args,
      said === "" ? `it ended with status ${code}` : `it says "${said.slice(0, 300)}"`,
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function spawn(tool: string, args: readonly string[], env: HookToolsOptions["env"]): Deno.ChildProcess {
  try {
    return new Deno.Command(tool, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(env === undefined ? {} : { env: { ...env }, clearEnv: true }),
    }).spawn();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) throw new HookToolMissing(tool, thrown);
    throw new HookToolFailed(tool, args, reason(thrown), thrown);
  }
}
