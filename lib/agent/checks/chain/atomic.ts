/**
 * The check `atomic`: an AtomicAssets API whose Postgres and Redis are well and whose head block is of now.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../check.ts";
import { CheckFailed } from "../../errors.ts";
import type { HttpAnswer } from "../../target/http.ts";
import { optionHelp, type OptionValues, readOptions } from "../options.ts";
import { API_OPTIONS, apiCheck, askApi, finding, numBlocks, withDefaultBlocks } from "./api.ts";
import { fieldOf, integerOf, parseDocument, textOf } from "./document.ts";
import { driftOf, secondsOf } from "./head_time.ts";

const OPTIONS = { ...API_OPTIONS, numBlocks };
const HEALTH = "/health";
const STORES = [["postgres", "Postgres"], ["redis", "Redis"]] as const;

/** The kind `atomic`. */
export const ATOMIC: CheckKind = {
  name: "atomic",
  summary: "an AtomicAssets API whose databases are well and whose head block is of now",
  isOnWire: true,
  wireFields: ["url", "numBlocks", "host"],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const settings = readOptions("atomic", withDefaultBlocks(given, context), OPTIONS, context.origin);
    return apiCheck("atomic", settings, (signal) => run(settings, context, signal));
  },
};

async function run(
  settings: OptionValues<typeof OPTIONS>,
  context: CheckContext,
  signal: AbortSignal,
): Promise<Finding> {
  const answer = await askApi(settings, HEALTH, context, signal);
  const document = documentOf(answer, settings.url.host);
  const facts = { http_status: answer.status, head_block_num: integerOf(document, "data", "chain", "head_block") };
  if (fieldOf(document, "success") === false && textOf(document, "message") !== undefined) {
    return finding("fail", `API Error: ${textOf(document, "message")}`, facts);
  }
  if (answer.status > 299) {
    return finding("down", `Taking offline because ${answer.status} was received from backend`, facts);
  }
  for (const [key, name] of STORES) {
    const status = textOf(document, "data", key, "status") ?? "";
    if (status !== "OK") return finding("down", `Taking offline because ${name} reported '${status}'`, facts);
  }
  const { lagS, reason } = driftOf(headTimeOf(document), context.now(), secondsOf(settings.numBlocks));
  return finding(reason === "" ? "up" : "down", reason, { ...facts, lag_s: lagS });
}

function documentOf(answer: HttpAnswer, host: string): unknown {
  const type = answer.headers["content-type"] ?? "";
  if (type.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new CheckFailed(`invalid content-type '${type}', expected 'application/json'`);
  }
  return parseDocument(answer.body, `${host}${HEALTH}`);
}

/** Milliseconds since 1970, written as a number or as text; what is missing is 0, which is too long ago. */
function headTimeOf(document: unknown): number {
  const time = integerOf(document, "data", "chain", "head_time");
  const given = fieldOf(document, "data", "chain", "head_time");
  if (time === undefined && given !== undefined && given !== null) {
    throw new CheckFailed(`Cannot read head_time: "${String(given).slice(0, 40)}" is no number of milliseconds`);
  }
  return Number(time ?? 0n);
}
