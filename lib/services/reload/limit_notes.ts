/**
 * Notes of what changes limits, and stops frontends for a while.
 */
import type { LimitDocument } from "./document.ts";
import type { Edit, Notes } from "./note.ts";

/** The notes of limits. */
export const LIMIT_NOTES: Notes = {
  // 0 goes back to what HAProxy was started with.
  setGlobalMaxconn: {
    edits: ([maxconn]) => [maxconn === 0 ? forgets("maxconn") : limits("maxconn", "setGlobalMaxconn", [maxconn])],
  },
  setRateLimit: { edits: ([kind, rate]) => [limits(`rate ${kind}`, "setRateLimit", [kind, rate])] },
  setFrontendMaxconn: {
    edits: ([frontend, maxconn]) => [limits(`frontend ${frontend} maxconn`, "setFrontendMaxconn", [frontend, maxconn])],
  },
  disableFrontend: { edits: ([frontend]) => [limits(`frontend ${frontend}`, "disableFrontend", [frontend])] },
  enableFrontend: { edits: ([frontend]) => [forgets(`frontend ${frontend}`)] },
};

function limits(name: string, method: LimitDocument["method"], args: LimitDocument["args"]): Edit {
  return { kind: "limit", name, apply: () => ({ kind: "limit", name, method, args }) };
}

function forgets(name: string): Edit {
  return { kind: "limit", name, apply: () => undefined };
}
