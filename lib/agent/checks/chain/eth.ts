/**
 * The check `eth`: an Ethereum node that is not syncing (`eth_syncing`), and whose latest block is of now.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../check.ts";
import { CheckFailed, InvalidCheck } from "../../errors.ts";
import { duration, optional, optionHelp, type OptionValues, readOptions } from "../options.ts";
import { API_OPTIONS, apiCheck, askApi, finding, refusal } from "./api.ts";
import { fieldOf, parseDocument, textOf } from "./document.ts";
import { driftOf } from "./head_time.ts";

const OPTIONS = {
  ...API_OPTIONS,
  maxLag: optional(duration(0), "how old its latest block may be; 0: that is not looked at", 60_000),
};

type Settings = OptionValues<typeof OPTIONS>;

/** The kind `eth`. On the wire it has no path: a POST to any path of any private service could do harm there. */
export const ETH: CheckKind = {
  name: "eth",
  summary: "an Ethereum node that is in sync and whose latest block is of now",
  isOnWire: true,
  wireFields: ["url", "maxLag", "host"],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const settings = readOptions("eth", given, OPTIONS, context.origin);
    const { pathname, search } = settings.url;
    if (context.origin === "wire" && `${pathname}${search}` !== "/") {
      throw new InvalidCheck("eth", 'option "url" may have a path only in the configuration');
    }
    return apiCheck("eth", settings, (signal) => run(settings, context, signal));
  },
};

async function run(settings: Settings, context: CheckContext, signal: AbortSignal): Promise<Finding> {
  const syncing = await call(settings, context, signal, "eth_syncing", []);
  if (isFinding(syncing)) return syncing;
  const { result, http_status } = syncing;
  if (result !== false) {
    const at = quantityOf(result, "currentBlock");
    const of = quantityOf(result, "highestBlock");
    const how = at === undefined || of === undefined ? "" : `: it has block ${at} of ${of}`;
    const facts = { http_status, head_block_num: at, highest_block_num: of };
    return finding("down", `Taking offline because the node is syncing${how}`, facts);
  }
  if (settings.maxLag === 0) return finding("up", "", { http_status });
  const latest = await call(settings, context, signal, "eth_getBlockByNumber", ["latest", false]);
  return isFinding(latest) ? latest : headFinding(latest, settings, context.now());
}

function headFinding({ result, http_status }: CallResult, settings: Settings, nowMs: number): Finding {
  const seconds = quantityOf(result, "timestamp");
  if (seconds === undefined) throw new CheckFailed("Cannot read the latest block: the answer has no timestamp");
  const { lagS, reason } = driftOf(Number(seconds) * 1000, nowMs, settings.maxLag / 1000);
  const facts = { http_status, head_block_num: quantityOf(result, "number"), lag_s: lagS };
  return finding(reason === "" ? "up" : "down", reason, facts);
}

interface CallResult {
  readonly result: unknown;
  readonly http_status: number;
}

function isFinding(value: CallResult | Finding): value is Finding {
  return "reply" in value;
}

async function call(
  settings: Settings,
  context: CheckContext,
  signal: AbortSignal,
  method: string,
  params: readonly unknown[],
): Promise<CallResult | Finding> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await askApi(settings, "", context, signal, body);
  const refused = refusal(answer);
  if (refused !== undefined) return refused;
  const document = parseDocument(answer.body, `${settings.url.host} ${method}`);
  const message = textOf(document, "error", "message");
  const http_status = answer.status;
  if (message !== undefined) return finding("fail", `API Error: ${message}`, { http_status });
  const result = fieldOf(document, "result");
  if (result === undefined) throw new CheckFailed(`Cannot read the answer of "${method}": it has no result`);
  return { result, http_status };
}

/** A quantity in JSON-RPC's form, `0x` and hexadecimal digits. */
function quantityOf(document: unknown, key: string): bigint | undefined {
  const text = textOf(document, key) ?? "";
  return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : undefined;
}
