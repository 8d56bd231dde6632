/**
 * The check `peers`: the node has about the blocks that other nodes of the same chain have.
 *
 * How the others are agreed on:
 * 1. All are asked at once. One that does not answer in its time, or not with a head block, is left out.
 * 2. One of another chain than the node's own is left out. When all that answered are, the node is on the wrong chain.
 * 3. The head that counts is the highest that at least `agree` of them have reached: with 1 the best, with 2 no single
 *    liar can take the node offline.
 * 4. When fewer than `agree` are left there is nothing to compare with, and `alone` is said.
 */
import type { Check, CheckContext, CheckKind, CheckOptions, Finding } from "../../check.ts";
import { CheckFailed, InvalidCheck } from "../../errors.ts";
import {
  duration,
  httpUrl,
  integer,
  list,
  oneOf,
  optional,
  optionHelp,
  type OptionValues,
  readOptions,
  required,
} from "../options.ts";
import { API_OPTIONS, apiCheck, finding, numBlocks } from "./api.ts";
import { chainIdType, type ChainInfo, getInfo, isFinding, wrongChain } from "./get_info.ts";

const OPTIONS = {
  ...API_OPTIONS,
  numBlocks,
  chainId: optional(chainIdType, "the id that its chain must have"),
  peers: required(list(httpUrl, 32), "base URLs of the nodes it is compared with"),
  agree: optional(integer(1, 32), "how many of them must have reached the head that counts", 1),
  alone: optional(oneOf(["up", "down", "fail"]), "what is said when there are too few to compare with", "up"),
  peerTimeout: optional(duration(10, 60_000), "how long they have to answer", 1000),
};

type Settings = OptionValues<typeof OPTIONS>;

/** The kind `peers`. Only in the configuration: the wire could have many addresses asked with one request. */
export const PEERS: CheckKind = {
  name: "peers",
  summary: "an Antelope (EOSIO) node whose head block is near that of others",
  isOnWire: false,
  wireFields: [],
  options: optionHelp(OPTIONS),
  make(given: CheckOptions, context: CheckContext): Check {
    const settings = readOptions("peers", given, OPTIONS, context.origin);
    if (settings.agree > settings.peers.length) {
      throw new InvalidCheck(
        "peers",
        `option "agree" is "${settings.agree}" and there are ${settings.peers.length} peers`,
      );
    }
    return apiCheck("peers", settings, (signal) => run(settings, context, signal));
  },
};

async function run(settings: Settings, context: CheckContext, signal: AbortSignal): Promise<Finding> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), settings.peerTimeout);
  const peersSignal = AbortSignal.any([signal, timeout.signal]);
  try {
    // What names the node itself is not said to the others.
    const shared = { ...settings, host: undefined, serverName: undefined };
    const peers = settings.peers.map((url) => askPeer({ ...shared, url }, context, peersSignal));
    const own = await getInfo(settings, context, signal);
    if (isFinding(own)) return own;
    return compare(own, (await Promise.all(peers)).filter((peer) => peer !== undefined), settings);
  } finally {
    clearTimeout(timer);
    // Whoever is still being asked is of no use any more.
    timeout.abort();
  }
}

/** What another node says; `undefined` when it says nothing useful. */
async function askPeer(settings: Settings, context: CheckContext, signal: AbortSignal): Promise<ChainInfo | undefined> {
  try {
    const info = await getInfo(settings, context, signal);
    return isFinding(info) || info.head_block_num === undefined ? undefined : info;
  } catch (error) {
    if (error instanceof CheckFailed) return undefined;
    throw error;
  }
}

function compare(own: ChainInfo, answered: readonly ChainInfo[], settings: Settings): Finding {
  const { http_status, chain_id, head_block_num: head } = own;
  const same = answered.filter((peer) => peer.chain_id === chain_id);
  const heads = same.flatMap((peer) => peer.head_block_num ?? []).sort((a, b) => a < b ? 1 : a > b ? -1 : 0);
  const best = heads[settings.agree - 1];
  const facts = { http_status, chain_id, head_block_num: head, peers: same.length, peers_head_block_num: best };
  const wrong = wrongChain(own, settings.chainId);
  if (wrong !== "") return finding("down", wrong, facts);
  if (head === undefined) throw new CheckFailed("Cannot compare blocks: the answer has no head_block_num");
  if (answered.length > 0 && same.length === 0) {
    return finding("down", `Taking offline because no peer is of its chain "${chain_id ?? ""}"`, facts);
  }
  if (best === undefined) {
    const why = `${same.length} of ${settings.peers.length} peers could be compared with, ${settings.agree} must agree`;
    return finding(settings.alone, why, facts);
  }
  const behind = best - head;
  const isNear = behind <= BigInt(settings.numBlocks);
  const reason = isNear ? "" : `Taking offline because head block is ${behind} blocks behind its peers`;
  return finding(isNear ? "up" : "down", reason, { ...facts, blocks_behind: behind });
}
