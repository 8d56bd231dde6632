/**
 * Hooks over HTTP: whoever reloads HAProxy runs what is to be run before and after it.
 */
import { json, type Route } from "../api/route.ts";
import type { Manager } from "../manager_face.ts";
import { HookFailed, type HookTime } from "../order/hooks.ts";
import { timeToEnd } from "../seed/backing.ts";

/** How long one hook may take, in milliseconds. */
const DEADLINE_MS = 30_000;

/** The routes: `POST /hooks/before/haproxy-reload`. */
export function hookTable(manager: Manager): Route[] {
  return (["before", "after"] as const).map((when) => ({
    method: "POST",
    path: `/hooks/${when}/:what`,
    role: "operate",
    async handle({ params: { what = "" }, allow }) {
      allow(longest(manager, when, what));
      const results = await manager.runHooks(when, what, { deadlineMs: DEADLINE_MS });
      const failed = results.find((one) => !one.ok);
      if (failed === undefined) return json({ ok: true, results });
      const { code, message } = new HookFailed(when, what, failed);
      // What was to be prepared is not to happen; what has happened has, whatever its hooks say.
      return json({ ok: false, reason: message, results, error: { code, message } }, when === "before" ? 409 : 200);
    },
  }));
}

/** How long all of them may take, in seconds. */
function longest(manager: Manager, when: HookTime, what: string): number {
  const hooks = manager.names().map((name) => manager.definition(name)).filter((one) => one[when] === what);
  return hooks.reduce((seconds, hook) => seconds + DEADLINE_MS / 1000 + timeToEnd(hook), 0);
}
