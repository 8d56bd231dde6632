/**
 * The check `v1`: the head block of a nodeos is about as old as it should be.
 *
 * | arithmetic | the block may be away | other statuses than 200 | Host header |
 * |---|---|---|---|
 * | `current` | `num_blocks` / 2 seconds, without the rest | `fail`, with the chain's own error | with the port |
 * | `0.2.0` | `num_blocks` seconds | are not looked at | without the port |
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../check.ts";
import { CheckFailed } from "../../errors.ts";
import { optional, optionHelp, type OptionValues, readOptions } from "../options.ts";
import { API_OPTIONS, apiCheck, arithmetic, finding, numBlocks, withDefaultBlocks } from "./api.ts";
import { chainIdType, getInfo, isFinding, wrongChain } from "./get_info.ts";
import { driftOf, parseHeadTime, secondsOf } from "./head_time.ts";

const OPTIONS = {
  ...API_OPTIONS,
  numBlocks,
  chainId: optional(chainIdType, "the id that its chain must have"),
  arithmetic,
};

/** The kind `v1`. */
export const V1: CheckKind = {
  name: "v1",
  summary: "an Antelope (EOSIO) node whose head block is of now",
  isOnWire: true,
  wireFields: ["url", "numBlocks", "host"],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const settings = readOptions("v1", withDefaultBlocks(given, context), OPTIONS, context.origin);
    return apiCheck("v1", settings, (signal) => run(settings, context, signal));
  },
};

async function run(
  settings: OptionValues<typeof OPTIONS>,
  context: CheckContext,
  signal: AbortSignal,
): Promise<Finding> {
  const isOld = settings.arithmetic === "0.2.0";
  const host = settings.host ?? (isOld ? settings.url.hostname : undefined);
  const info = await getInfo({ ...settings, host }, context, signal, isOld);
  if (isFinding(info)) return info;
  const { http_status, chain_id, head_block_num, head_block_time } = info;
  const facts = { http_status, chain_id, head_block_num };
  const wrong = wrongChain(info, settings.chainId);
  if (wrong !== "") return finding("down", wrong, facts);
  // Both releases read a missing time as the beginning of time, which is too long ago.
  if (head_block_time === undefined) {
    return finding("down", "Taking offline because the answer has no head_block_time", facts);
  }
  const head = parseHeadTime(head_block_time);
  if (head === undefined) throw new CheckFailed(`Cannot read head_block_time: "${head_block_time}" is no time`);
  const limit = isOld ? settings.numBlocks : secondsOf(settings.numBlocks);
  const { lagS, reason } = driftOf(head, context.now(), limit);
  return finding(reason === "" ? "up" : "down", reason, { ...facts, head_block_time, lag_s: lagS });
}
