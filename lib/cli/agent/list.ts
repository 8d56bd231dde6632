/**
 * `happi agent list`: the checks of a running agent and how they stand.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument } from "@optique/core/primitives";
import { optional } from "@optique/core/modifiers";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import type { Row } from "../output/rows.ts";
import { toProperties, toTable } from "../output/table.ts";
import { word } from "../values.ts";
import { type Fields, findApi } from "./api.ts";
import { api, json } from "./flags.ts";

interface ListValues {
  readonly args: { readonly name?: string | undefined };
  readonly own: { readonly api?: string | undefined; readonly json: boolean };
}

/** The leaf of `happi agent list`. */
export const listLeaf = leaf<ListValues>({
  path: "agent list",
  usage: "[NAME] [--json] [--api URL]",
  summary: "Show a running agent's checks and how they stand; those that are down first",
  parser: object({
    args: object("Arguments", {
      name: optional(argument(word("NAME"), { description: message`Only this check, with its last verdicts` })),
    }),
    own: object("Options", { api, json }),
  }),
  run,
});

async function run(environment: Environment, { args, own }: ListValues): Promise<number> {
  const { stdout, stderr } = environment;
  const agent = await findApi(environment, own.api);
  const path = args.name === undefined ? "agent/checks" : `agent/checks/${encodeURIComponent(args.name)}`;
  const answer = await agent.ask("GET", path);
  if (own.json) {
    await stdout.write(toJson(answer, stdout.isTerminal));
    return EXIT.done;
  }
  const options = { columns: stdout.isTerminal ? stdout.columns : Infinity, hasColours: stdout.hasColours };
  const now = Date.now();
  if (args.name !== undefined) {
    const { check: _, ...row } = rowOf(answer, now);
    await stdout.write(toProperties({ check: args.name, ...row }, options));
    const history = recordsIn(answer["history"]).map((verdict) => verdictRow(verdict, now));
    if (history.length > 0) await stdout.write(`\n${toTable(history, options).text}`);
    return EXIT.done;
  }
  const rows = recordsIn(answer["checks"]).map((check) => rowOf(check, now));
  if (rows.length === 0) {
    await stderr.write("happi: nobody has asked this agent yet, and its configuration has no checks\n");
  } else await stdout.write(toTable(rows, options).text);
  const left = Number(answer["total"]) - rows.length;
  if (left > 0) await stderr.write(`happi: ${left} more are not shown; --json and ?limit= of the API give them\n`);
  return EXIT.done;
}

function rowOf({ name, kind, said, since, last, held, maintenance, answers }: Fields, now: number): Row {
  const verdict = recordIn(last);
  const by = recordIn(maintenance);
  return {
    check: textOf(name),
    kind: textOf(kind),
    said: said === "" ? "(not asked yet)" : textOf(said),
    for: typeof since === "number" ? spanText(now - since) : "",
    reason: reasonText(textOf(held), textOf(verdict["reason"])),
    ms: typeof verdict["ms"] === "number" ? Math.round(verdict["ms"] * 10) / 10 : null,
    answers: typeof answers === "number" ? answers : null,
    by_hand: maintenance === null ? "" : `${textOf(by["mode"])}${untilText(by["until"], now)}`,
  };
}

/** Why something else is said than what was found, and why that was found; once where one says it all. */
function reasonText(held: string, found: string): string {
  if (found.includes(held)) return found;
  return found === "" ? held : `${held}; ${found}`;
}

function verdictRow({ at, said, ms, reason }: Fields, now: number): Row {
  return {
    ago: typeof at === "number" ? spanText(now - at) : "",
    said: textOf(said),
    ms: typeof ms === "number" ? Math.round(ms * 10) / 10 : null,
    reason: textOf(reason),
  };
}

/** A span of time in its two largest units: `3m 20s`. */
export function spanText(ms: number): string {
  let left = Math.max(0, Math.round(ms / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of [["d", 86_400], ["h", 3_600], ["m", 60], ["s", 1]] as const) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? "0s" : parts.join(" ");
}

function untilText(until: unknown, now: number): string {
  return typeof until === "number" ? ` for ${spanText(until - now)}` : "";
}

function recordsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(recordIn) : [];
}

function recordIn(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
