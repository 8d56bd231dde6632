/**
 * The check `v2`: the Elasticsearch of a Hyperion has indexed about as many blocks as its nodeos has.
 *
 * They may be `num_blocks` apart; by the arithmetic of release 0.2.0 half as many, without the rest, and the status
 * of the answer is not looked at.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../check.ts";
import { optionHelp, type OptionValues, readOptions } from "../options.ts";
import { API_OPTIONS, apiCheck, arithmetic, askApi, finding, numBlocks, refusal, withDefaultBlocks } from "./api.ts";
import { fieldOf, integerOf, parseDocument } from "./document.ts";

const OPTIONS = { ...API_OPTIONS, numBlocks, arithmetic };
const HEALTH = "/v2/health";

/** The kind `v2`. */
export const V2: CheckKind = {
  name: "v2",
  summary: "a Hyperion whose Elasticsearch is in step with its node",
  isOnWire: true,
  wireFields: ["url", "numBlocks", "host"],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const settings = readOptions("v2", withDefaultBlocks(given, context), OPTIONS, context.origin);
    return apiCheck("v2", settings, (signal) => run(settings, context, signal));
  },
};

async function run(
  settings: OptionValues<typeof OPTIONS>,
  context: CheckContext,
  signal: AbortSignal,
): Promise<Finding> {
  const isOld = settings.arithmetic === "0.2.0";
  const host = settings.host ?? (isOld ? settings.url.hostname : undefined);
  const answer = await askApi({ ...settings, host }, HEALTH, context, signal);
  const refused = isOld ? undefined : refusal(answer);
  if (refused !== undefined) return refused;
  // As with `v1`, the current release reads an empty body as a document that says nothing.
  const document = answer.body === "" && !isOld ? {} : parseDocument(answer.body, `${settings.url.host}${HEALTH}`);
  const indexed = blockOf(document, "Elasticsearch", "last_indexed_block");
  const head = blockOf(document, "NodeosRPC", "head_block_num");
  const facts = { http_status: answer.status, head_block_num: head, last_indexed_block: indexed };
  if (indexed === 0n || head === 0n) {
    const why = `Failed to get Elasticsearch and/or nodeos block numbers (es: ${indexed}, eos: ${head})`;
    return finding("fail", why, facts);
  }
  const behind = head - indexed;
  const reason = reasonOf(behind, BigInt(isOld ? Math.trunc(settings.numBlocks / 2) : settings.numBlocks));
  return finding(reason === "" ? "up" : "down", reason, { ...facts, blocks_behind: behind });
}

function reasonOf(behind: bigint, limit: bigint): string {
  if (behind > limit) return `Taking offline because Elastic is ${behind} blocks behind`;
  return behind < -limit ? `Taking offline because Elastic is ${-behind} blocks into the future` : "";
}

/** A block number of a service's data; 0 when it does not say. Of a service listed twice, the last one counts. */
function blockOf(document: unknown, service: string, field: string): bigint {
  const services = fieldOf(document, "health");
  const own = Array.isArray(services) ? services.findLast((one) => fieldOf(one, "service") === service) : undefined;
  return integerOf(own, "service_data", field) ?? 0n;
}
