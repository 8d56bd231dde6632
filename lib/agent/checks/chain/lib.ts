/**
 * The check `lib`: the last irreversible block is near the head, so the chain's producers agree.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../check.ts";
import { CheckFailed } from "../../errors.ts";
import { integer, optional, optionHelp, type OptionValues, readOptions } from "../options.ts";
import { API_OPTIONS, apiCheck, finding, withDefaultBlocks } from "./api.ts";
import { chainIdType, getInfo, isFinding, wrongChain } from "./get_info.ts";

const OPTIONS = {
  ...API_OPTIONS,
  numBlocks: optional(
    integer(0, 2 ** 31 - 1),
    "how many blocks it may be behind the head; 21 producers taking turns are about 330 behind, instant finality 3",
    500,
  ),
  chainId: optional(chainIdType, "the id that its chain must have"),
};

/** The kind `lib`. */
export const LIB: CheckKind = {
  name: "lib",
  summary: "an Antelope (EOSIO) node whose last irreversible block is near its head",
  isOnWire: true,
  wireFields: ["url", "numBlocks", "host"],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const settings = readOptions("lib", withDefaultBlocks(given, context), OPTIONS, context.origin);
    return apiCheck("lib", settings, (signal) => run(settings, context, signal));
  },
};

async function run(
  settings: OptionValues<typeof OPTIONS>,
  context: CheckContext,
  signal: AbortSignal,
): Promise<Finding> {
  const info = await getInfo(settings, context, signal);
  if (isFinding(info)) return info;
  const { http_status, chain_id, head_block_num: head, last_irreversible_block_num: last } = info;
  const facts = { http_status, chain_id, head_block_num: head, last_irreversible_block_num: last };
  const wrong = wrongChain(info, settings.chainId);
  if (wrong !== "") return finding("down", wrong, facts);
  if (head === undefined || last === undefined) {
    throw new CheckFailed(
      `Cannot compare blocks: the answer has no ${
        head === undefined ? "head_block_num" : "last_irreversible_block_num"
      }`,
    );
  }
  const lag = head - last;
  const isNear = lag <= BigInt(settings.numBlocks);
  const reason = isNear ? "" : `Taking offline because last irreversible block is ${lag} blocks behind`;
  return finding(isNear ? "up" : "down", reason, { ...facts, lib_lag: lag });
}
