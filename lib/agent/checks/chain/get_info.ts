/**
 * What nodeos says about its chain: `GET /v1/chain/get_info`.
 */
import type { CheckContext, Finding } from "../../check.ts";
import { custom } from "../options.ts";
import { type ApiSettings, askApi, refusal } from "./api.ts";
import { integerOf, parseDocument, textOf } from "./document.ts";

/** The path of it. */
export const GET_INFO = "/v1/chain/get_info";

/** What is used of it; what it did not say is `undefined`. */
export interface ChainInfo {
  readonly http_status: number;
  readonly chain_id: string | undefined;
  readonly head_block_num: bigint | undefined;
  /** As it was written. */
  readonly head_block_time: string | undefined;
  readonly last_irreversible_block_num: bigint | undefined;
}

/**
 * Asks for it.
 *
 * @param isStatusIgnored whether only the body counts, as for release 0.2.0
 * @returns what it said, or the finding that its refusal is
 * @throws {CheckFailed} when there is no answer, or none that can be read
 */
export async function getInfo(
  settings: ApiSettings,
  context: CheckContext,
  signal: AbortSignal,
  isStatusIgnored = false,
): Promise<ChainInfo | Finding> {
  const answer = await askApi(settings, GET_INFO, context, signal);
  const refused = isStatusIgnored ? undefined : refusal(answer);
  if (refused !== undefined) return refused;
  // The current release takes an empty body for a block at the beginning of time, the old one for no JSON.
  const isEmpty = answer.body === "" && !isStatusIgnored;
  const document = isEmpty ? {} : parseDocument(answer.body, `${settings.url.host}${GET_INFO}`);
  return {
    http_status: answer.status,
    chain_id: textOf(document, "chain_id"),
    head_block_num: integerOf(document, "head_block_num"),
    head_block_time: textOf(document, "head_block_time"),
    last_irreversible_block_num: integerOf(document, "last_irreversible_block_num"),
  };
}

/** Whether it is a finding already. */
export function isFinding(value: ChainInfo | Finding): value is Finding {
  return "reply" in value;
}

/** A chain's id: 64 hexadecimal digits, compared in small letters. */
export const chainIdType = custom<string>(
  "a chain's id of 64 hexadecimal digits",
  (value) => typeof value === "string" && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : undefined,
);

/** Why a chain is the wrong one; empty when it is the right one, or any will do. */
export function wrongChain(info: ChainInfo, wanted: string | undefined): string {
  if (wanted === undefined || info.chain_id?.toLowerCase() === wanted) return "";
  return `Taking offline because its chain is "${info.chain_id ?? ""}" instead of "${wanted}"`;
}
