/**
 * `/processes/<pid>`: single processes by happi's number (gaffer's HTTP guide, "processes"). A segment of digits is always a
 * number, never a name.
 */
import { json, ok, type Route } from "../api/route.ts";
import { type Backing, readPid, shown, timeToEnd } from "./backing.ts";
import { readSignal, unknownAction } from "./processes.ts";

/** `^` is no part of a number, but the seed's paths take it for one, and say `bad_value`. */
const PID = "/processes/:pid{[0-9^]+}";

/** The routes; they stand before those by name. */
export function pidRoutes({ manager }: Backing): Route[] {
  const stop: Route["handle"] = async ({ params, allow }) => {
    const { pid, name } = manager.process(readPid(params.pid ?? ""));
    allow(timeToEnd(manager.definition(name)));
    await manager.stopProcess(pid);
    return ok();
  };
  return [
    {
      method: "GET",
      path: PID,
      role: "read",
      handle: ({ params }) => json(shown(manager.definition(manager.process(readPid(params.pid ?? "")).name))),
    },
    { method: "DELETE", path: PID, role: "operate", handle: stop },
    { method: "POST", path: `${PID}/_stop`, role: "operate", handle: stop },
    {
      method: "POST",
      path: `${PID}/_signal/:signal?`,
      role: "operate",
      handle({ params }) {
        const pid = readPid(params.pid ?? "");
        manager.process(pid);
        manager.signalProcess(pid, readSignal(params.signal));
        return ok();
      },
    },
    {
      method: "POST",
      path: `${PID}/:action/:rest?`,
      role: "operate",
      handle({ params }) {
        manager.process(readPid(params.pid ?? ""));
        throw unknownAction(params.action ?? "");
      },
    },
  ];
}
