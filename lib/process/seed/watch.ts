/**
 * `/watch`: which events a path asks for (gaffer's HTTP guide, "watch").
 *
 * An event has two names: `exit`, and `proc.web.exit` for who follows that process. Under the path it was asked for it
 * comes once, with the name of that path.
 */
import { Refusal } from "../api/refusals.ts";
import type { Handler, Route } from "../api/route.ts";
import { eventResponse, type Pattern } from "../streams/event_stream.ts";
import type { Backing } from "./backing.ts";

const EVENTS = ["create", "update", "delete", "start", "stop", "flap", "spawn", "reap", "exit", "stop_pid"] as const;

/** The routes. */
export function watchRoutes({ manager, stopping }: Backing): Route[] {
  const watch = (path: string, read: (params: Readonly<Record<string, string>>) => Pattern): Route => {
    const handle: Handler = ({ request, params }) => eventResponse(manager.events, read(params), request, stopping);
    return { method: "GET", path, role: "read", handle };
  };
  return [
    watch("/watch", () => ({ event }) => event),
    watch("/watch/:event", ({ event = "" }) => {
      const wanted = readEvent(event);
      return (one) => one.event === wanted ? wanted : undefined;
    }),
    watch("/watch/:root/:name", ({ root = "", name = "" }) => {
      checkRoot(root);
      return (one) => one.name === name ? `proc.${name}.${one.event}` : undefined;
    }),
    watch("/watch/:root/:name/:event", ({ root = "", name = "", event = "" }) => {
      checkRoot(root);
      const wanted = readEvent(event);
      return (one) => one.name === name && one.event === wanted ? `proc.${name}.${wanted}` : undefined;
    }),
  ];
}

/** In any case, as the seed tests it. */
function readEvent(given: string): string {
  const event = EVENTS.find((one) => one === given.toLowerCase());
  if (event === undefined) throw badEvent(given, `one of ${EVENTS.join(", ")}`);
  return event;
}

/** Under anything else nothing ever comes. */
function checkRoot(given: string): void {
  if (given !== "proc") throw badEvent(given, '"proc", as in /watch/proc/NAME/exit');
}

function badEvent(given: string, wanted: string): Refusal {
  return new Refusal(404, "bad_event_type", `Cannot watch "${given.slice(0, 60)}": it must be ${wanted}`);
}
