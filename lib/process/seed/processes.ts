/**
 * `/processes`: definitions, and what is done with all processes of one (gaffer's HTTP guide, "processes").
 */
import { readObject } from "../api/bodies.ts";
import { badValue, Refusal } from "../api/refusals.ts";
import { type Call, json, ok, type Route } from "../api/route.ts";
import type { Definition } from "../definition.ts";
import type { Manager } from "../manager_face.ts";
import { readDefinition } from "../read_definition.ts";
import { parseSignal } from "../signals.ts";
import { type Backing, isKept, MOST_PROCESSES, shown, timeToEnd, timeToRestart } from "./backing.ts";

/** The routes, but for those that name a process by number. */
export function processesRoutes({ manager }: Backing): Route[] {
  const update = async (call: Call) => {
    const name = call.params.name ?? "";
    const given = await readObject(call.request);
    const before = manager.definition(name);
    const definition = readDefinition({ ...given, name });
    call.allow(timeToEnd(before));
    await manager.update(definition);
    return ok(problemOf(manager, name));
  };
  const act = (
    action: string,
    handle: (name: string, definition: Definition, call: Call) => Promise<Response>,
  ): Route => ({
    method: "POST",
    path: `/processes/:name/${action}`,
    role: "operate",
    handle: (call) => {
      const name = call.params.name ?? "";
      return handle(name, manager.definition(name), call);
    },
  });
  const scale = (sign: 1 | -1) => async (name: string, _: Definition, call: Call) => {
    const by = sign * readCount(call.params.count);
    call.allow(timeToEnd(manager.definition(name)));
    if (manager.status(name).numprocesses + by > MOST_PROCESSES) {
      throw badValue("number", String(by), `so that at most ${MOST_PROCESSES} run`);
    }
    return ok({ numprocesses: await manager.scale(name, { by }) });
  };
  return [
    { method: "GET", path: "/processes", role: "read", handle: (call) => list(manager, call) },
    {
      method: "POST",
      path: "/processes",
      role: "admin",
      async handle({ request }) {
        const definition = readDefinition(await readObject(request));
        await manager.add(definition);
        return ok(problemOf(manager, definition.name));
      },
    },
    {
      method: "GET",
      path: "/processes/:name",
      role: "read",
      handle: ({ params }) => json(shown(manager.definition(params.name ?? ""))),
    },
    { method: "PUT", path: "/processes/:name", role: "admin", handle: update },
    // The seed's documents say POST where its code says PUT.
    { method: "POST", path: "/processes/:name", role: "admin", handle: update },
    {
      method: "DELETE",
      path: "/processes/:name",
      role: "admin",
      async handle(call) {
        const name = call.params.name ?? "";
        call.allow(timeToEnd(manager.definition(name)));
        await manager.remove(name);
        return ok();
      },
    },
    {
      method: "GET",
      path: "/processes/:name/_pids",
      role: "read",
      handle: ({ params }) => ok({ pids: keptPids(manager, params.name ?? "") }),
    },
    act("_start", async (name) => {
      await manager.start(name);
      return ok(problemOf(manager, name));
    }),
    act("_stop", async (name, definition, call) => {
      call.allow(timeToEnd(definition));
      await manager.stop(name);
      return ok();
    }),
    act("_restart", async (name, definition, call) => {
      call.allow(timeToRestart(definition));
      await manager.restart(name);
      return ok(problemOf(manager, name));
    }),
    act("_add/:count?", scale(1)),
    act("_sub/:count?", scale(-1)),
    act("_signal/:signal?", (name, _, { params }) => {
      manager.signal(name, readSignal(params.signal));
      return Promise.resolve(ok());
    }),
    ...(["GET", "POST", "PUT", "DELETE"] as const).map((method): Route => ({
      method,
      path: "/processes/:name/:action/:rest?",
      role: "read",
      handle({ params }) {
        manager.definition(params.name ?? "");
        throw unknownAction(params.action ?? "");
      },
    })),
  ];
}

/** A signal of a path. @throws {Refusal} `no_signal_number` @throws {InvalidSignal} */
export function readSignal(text: string | undefined): number {
  if (text !== undefined && text !== "") return parseSignal(text);
  throw new Refusal(
    400,
    "no_signal_number",
    "Cannot send a signal: which one is missing, as in _signal/TERM or _signal/15",
  );
}

/** There is no such thing to do. */
export function unknownAction(action: string): Refusal {
  return new Refusal(
    404,
    "resource_not_found",
    `Cannot find "${action.slice(0, 60)}": processes have no such resource`,
  );
}

/** The numbers of those that are kept, oldest first. */
function keptPids(manager: Manager, name: string): number[] {
  return manager.running(name).filter((one) => !one.once && isKept(one)).map(({ pid }) => pid);
}

function list(manager: Manager, { query }: Call): Response {
  const isRunning = ["1", "true"].includes(query.get("running") ?? "");
  const running = manager.running().filter(({ exit }) => exit === undefined);
  return json(isRunning ? running.map(({ pid }) => pid) : manager.names());
}

function readCount(text: string | undefined): number {
  if (text === undefined) return 1;
  if (/^\d{1,4}$/.test(text) && Number(text) <= MOST_PROCESSES) return Number(text);
  throw badValue("number", text, `a whole number from 0 to ${MOST_PROCESSES}`);
}

/** What keeps it from running, where something does: the definition is taken all the same. */
function problemOf(manager: Manager, name: string): { readonly reason?: string } {
  const { running, reason } = manager.status(name);
  return running > 0 || reason === "" ? {} : { reason };
}
