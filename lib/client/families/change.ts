/**
 * What the rows of changes have in common.
 */
import { nothing } from "../method.ts";
import { server } from "../parameter.ts";

/** A change that every version has, for a socket of level admin. */
export const ADMIN_CHANGE = { since: "2.6", level: "admin", effect: "change" } as const;

/** The row of a change that needs no more than the server, and says nothing but yes. */
export const toggle = (summary: string, line: (name: string) => string) => ({
  ...ADMIN_CHANGE,
  kind: "command" as const,
  summary,
  parameters: [server()] as const,
  command: line,
  parse: nothing,
});
