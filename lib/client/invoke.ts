/**
 * Runs a row of the method table with arguments that have been checked.
 */
import { UnsupportedCommand } from "./errors.ts";
import { compareBranch } from "./formats/version.ts";
import type { AnyMethod, Caller, CommandMethod } from "./method.ts";
import { explainRefusal, parseOrRefuse } from "./refusal.ts";

/** What a call needs besides its row: made when the call starts, so that a fault in it is the call's own. */
export type Prepare = () => { readonly caller: Caller; readonly args: readonly unknown[] };

/**
 * Runs a method.
 *
 * @param method its row
 * @param prepare gives the caller and the checked arguments
 * @returns a promise of the result, or an async iterable for a method that follows something
 * @throws {UnsupportedCommand} when the connected HAProxy lacks the command or would ignore its arguments
 */
export function invoke(method: AnyMethod, prepare: Prepare): unknown {
  return method.kind === "follow" ? follow(method, prepare) : run(method, prepare);
}

async function run(method: Exclude<AnyMethod, { kind: "follow" }>, prepare: Prepare): Promise<unknown> {
  const { caller, args } = prepare();
  await checkNeeds(method, caller, args);
  try {
    return method.kind === "run" ? await method.run(caller, ...args) : await runCommand(method, caller, args);
  } catch (thrown) {
    throw await explainRefusal(thrown, method.since, () => caller.version());
  }
}

async function* follow(method: Extract<AnyMethod, { kind: "follow" }>, prepare: Prepare): AsyncIterable<unknown> {
  const { caller, args } = prepare();
  await checkNeeds(method, caller, args);
  try {
    yield* method.follow(caller, ...args);
  } catch (thrown) {
    throw await explainRefusal(thrown, method.since, () => caller.version());
  }
}

async function runCommand(
  method: CommandMethod<unknown[], unknown>,
  caller: Caller,
  args: readonly unknown[],
): Promise<unknown> {
  const command = method.command(...args);
  const options = method.send?.(...args);
  const isPlainRead = method.effect === "read" && options === undefined;
  const answer = isPlainRead
    ? await caller.read(command)
    : method.effect === "read"
    ? await caller.send(command, options)
    : await caller.change(command, options);
  return parseOrRefuse(command, answer, (text) => method.parse(text, ...args));
}

async function checkNeeds(method: AnyMethod, caller: Caller, args: readonly unknown[]): Promise<void> {
  const since = method.needs?.(...args);
  if (since === undefined) return;
  const connected = await caller.version();
  if (compareBranch(connected.branch, since) >= 0) return;
  const what = method.kind === "command" ? method.command(...args) : method.summary;
  throw new UnsupportedCommand(what, since, connected.text);
}
