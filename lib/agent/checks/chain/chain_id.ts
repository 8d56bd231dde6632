/**
 * The check `chain_id`: the node is one of the right chain, however its head is.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../check.ts";
import { optionHelp, type OptionValues, readOptions, required } from "../options.ts";
import { API_OPTIONS, apiCheck, finding } from "./api.ts";
import { chainIdType, getInfo, isFinding, wrongChain } from "./get_info.ts";

const OPTIONS = { ...API_OPTIONS, chainId: required(chainIdType, "the id that its chain must have") };

/** The kind `chain_id`. */
export const CHAIN_ID: CheckKind = {
  name: "chain_id",
  summary: "an Antelope (EOSIO) node of the right chain",
  isOnWire: true,
  wireFields: ["url", "chainId", "host"],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const settings = readOptions("chain_id", given, OPTIONS, context.origin);
    return apiCheck("chain_id", settings, (signal) => run(settings, context, signal));
  },
};

async function run(
  settings: OptionValues<typeof OPTIONS>,
  context: CheckContext,
  signal: AbortSignal,
): Promise<Finding> {
  const info = await getInfo(settings, context, signal);
  if (isFinding(info)) return info;
  const { http_status, chain_id, head_block_num } = info;
  const wrong = wrongChain(info, settings.chainId);
  return finding(wrong === "" ? "up" : "down", wrong, { http_status, chain_id, head_block_num });
}
