/**
 * Resolvers, which look up the addresses of servers in DNS (management guide, 9.3 "show resolvers").
 */
import { cli } from "../../socket/mod.ts";
import { parseResolvers, type Resolvers } from "../formats/resolvers.ts";
import type { Rows } from "../method.ts";
import { optional, proxy } from "../parameter.ts";

/** Methods that read about resolvers. */
export interface ResolverMethods {
  /**
   * Reads the name servers of every resolvers section, or of one, with their counters. A section `default` is always
   * there.
   *
   * @param section only this section
   * @throws {NotFound} when there is no such section
   */
  getResolvers(section?: string): Promise<Resolvers[]>;
}

/** The rows of {@linkcode ResolverMethods}. */
export const resolverMethods: Rows<ResolverMethods> = {
  getResolvers: {
    kind: "command",
    summary: "Name servers and their counters, of every resolvers section or of one",
    since: "2.6",
    level: "user",
    effect: "read",
    parameters: [optional(proxy("section", "only this resolvers section"))],
    command: (section) => cli`show resolvers ${section}`,
    parse: parseResolvers,
  },
};
