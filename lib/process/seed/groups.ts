/**
 * `/groups`: what the names before a colon have in common, at once (gaffer's HTTP guide, "groups").
 */
import { json, ok, type Route } from "../api/route.ts";
import type { Manager } from "../manager_face.ts";
import { waves } from "../order/graph.ts";
import { type Backing, timeToEnd, timeToRestart } from "./backing.ts";
import { unknownAction } from "./processes.ts";

/** The routes. */
export function groupRoutes({ manager }: Backing): Route[] {
  const act = (action: string, order: "forward" | "back", seconds: typeof timeToEnd, one: OneByOne): Route => ({
    method: "POST",
    path: `/groups/:group/${action}`,
    role: "operate",
    handle: async ({ params, allow }) => {
      const names = manager.group(params.group ?? "");
      allow(names.reduce((sum, name) => sum + seconds(manager.definition(name)), 0));
      await inWaves(manager, names, order, one);
      return ok();
    },
  });
  return [
    { method: "GET", path: "/groups", role: "read", handle: () => json(manager.groups()) },
    {
      method: "GET",
      path: "/groups/:group",
      role: "read",
      handle: ({ params }) => json(manager.group(params.group ?? "")),
    },
    {
      method: "DELETE",
      path: "/groups/:group",
      role: "admin",
      async handle({ params, allow }) {
        const names = manager.group(params.group ?? "");
        allow(names.reduce((sum, name) => sum + timeToEnd(manager.definition(name)), 0));
        await inWaves(manager, names, "back", (name) => manager.remove(name));
        return ok();
      },
    },
    act("_start", "forward", () => 0, (name) => manager.start(name)),
    act("_stop", "back", timeToEnd, (name) => manager.stop(name)),
    act("_restart", "forward", timeToRestart, (name) => manager.restart(name)),
    {
      method: "POST",
      path: "/groups/:group/:action/:rest?",
      role: "operate",
      handle({ params }) {
        manager.group(params.group ?? "");
        throw unknownAction(params.action ?? "");
      },
    },
  ];
}

type OneByOne = (name: string) => Promise<void>;

/** Together whatever does not wait for each other; dependants after what they depend on, or before it on the way back. */
async function inWaves(
  manager: Manager,
  names: readonly string[],
  order: "forward" | "back",
  one: OneByOne,
): Promise<void> {
  const all = waves(new Map(names.map((name) => [name, Object.keys(manager.definition(name).depends_on ?? {})])));
  for (const wave of order === "forward" ? all : all.reverse()) await Promise.all(wave.map(one));
}
