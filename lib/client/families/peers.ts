/**
 * Peers, which share stick tables between HAProxies (management guide, 9.3 "show peers").
 */
import { cli } from "../../socket/mod.ts";
import { parsePeers, type PeersSection } from "../formats/peers.ts";
import type { Rows } from "../method.ts";
import { flag, optional, proxy, settings } from "../parameter.ts";

/** Methods that read about peers. */
export interface PeerMethods {
  /**
   * Reads the peers of every peers section, or of one: who is connected, what was last said.
   *
   * @param section only this peers section
   * @param options whether the dictionaries are shown, too
   * @throws {NotFound} when there is no such section
   */
  getPeers(section?: string, options?: GetPeersOptions): Promise<PeersSection[]>;
}

/** Settings of {@linkcode PeerMethods.getPeers}. */
export interface GetPeersOptions {
  /** Shows each peer's dictionaries among its lines. */
  readonly dict?: boolean;
}

/** The rows of {@linkcode PeerMethods}. */
export const peerMethods: Rows<PeerMethods> = {
  getPeers: {
    kind: "command",
    summary: "Peers of every peers section, or of one",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [
      optional(proxy("section", "only this peers section")),
      settings<GetPeersOptions>({ dict: flag("dict", "show the dictionaries, too") }),
    ],
    // "-" stands where "dict" does, so that a section of that name can be asked for.
    command: (section, options) =>
      cli`show peers ${options?.dict ? "dict" : section === undefined ? undefined : "-"} ${section}`,
    parse: parsePeers,
  },
};
