/**
 * The routes of jobs, as data (gaffer 0.5's `/jobs`, where its words are worth having).
 */
import { readObject, readObjectOrNothing, readText } from "../api/bodies.ts";
import { badValue, Refusal } from "../api/refusals.ts";
import { type Call, json, ok, type Route } from "../api/route.ts";
import { InvalidDefinition, ProcessNotFound } from "../errors.ts";
import type { Manager } from "../manager_face.ts";
import { readDefinition } from "../read_definition.ts";
import { type Backing, isKept, MOST_PROCESSES, shown, timeToEnd, timeToRestart } from "../seed/backing.ts";
import { parseSignal } from "../signals.ts";
import { definitionName, findJob, type JobName, jobsOf, readScale } from "./job.ts";

/** The routes; `:session` and `:name` are a job's two names. */
export function jobTable({ manager, facts, commits }: Omit<Backing, "stopping">): Route[] {
  const job = (
    method: Route["method"],
    rest: string,
    role: Route["role"],
    handle: (name: string, call: Call) => Response | Promise<Response>,
  ): Route => ({
    method,
    path: `/jobs/:session/:name${rest}`,
    role,
    handle: (call) => handle(findJob(manager, jobName(call)), call),
  });
  return [
    {
      method: "GET",
      path: "/sessions",
      role: "read",
      handle: () => json({ sessions: [...new Set(jobsOf(manager).map(({ session }) => session))] }),
    },
    { method: "GET", path: "/jobs", role: "read", handle: () => json({ jobs: jobsOf(manager).map(fullName) }) },
    {
      method: "GET",
      path: "/jobs/:session",
      role: "read",
      handle({ params: { session = "" } }) {
        const jobs = jobsOf(manager, session);
        if (jobs.length === 0) throw new ProcessNotFound("group", session);
        return json({ sessionid: session, jobs: jobs.map(fullName) });
      },
    },
    {
      method: "POST",
      path: "/jobs/:session",
      role: "admin",
      async handle({ request, params: { session = "" } }) {
        const given = await readObject(request);
        const { name } = given;
        if (typeof name !== "string" || name === "") throw new InvalidDefinition("", 'field "name" is missing');
        if (session.includes(":")) throw new InvalidDefinition(name, `session "${session}" must not have a colon`);
        await manager.add(readDefinition({ ...given, name: definitionName({ session, name }) }));
        return ok();
      },
    },
    job("GET", "", "read", (name, call) => json(described(manager, name, jobName(call)))),
    job("PUT", "", "admin", async (name, call) => {
      const given = await readObject(call.request);
      if (given.name !== undefined && given.name !== call.params.name) {
        throw new InvalidDefinition(name, `field "name" is "${String(given.name).slice(0, 60)}", not that of the path`);
      }
      const { group } = manager.definition(name);
      const read = readDefinition({ ...given, name, ...(group === undefined ? {} : { group }) });
      const numprocesses = Math.max(read.numprocesses ?? 1, manager.status(name).numprocesses);
      call.allow(timeToEnd(manager.definition(name)));
      await manager.update({ ...read, numprocesses });
      return ok({}, 201);
    }),
    job("DELETE", "", "admin", async (name, { allow }) => {
      allow(timeToEnd(manager.definition(name)));
      await manager.remove(name);
      return ok();
    }),
    job("GET", "/stats", "read", async (name) => json(await facts.template(name))),
    job("GET", "/pids", "read", (name) => json({ pids: pidsOf(manager, name) })),
    job("GET", "/numprocesses", "read", (name) => json({ numprocesses: manager.status(name).numprocesses })),
    job("POST", "/numprocesses", "operate", async (name, { request, allow }) => {
      const { scale } = await readObject(request);
      const change = readScale(scale);
      if (change === undefined) throw badValue("field scale", String(scale), 'a whole number, "+2", "-2" or "=2"');
      const wanted = "to" in change ? change.to : manager.status(name).numprocesses + change.by;
      if (wanted > MOST_PROCESSES) {
        throw badValue("field scale", String(scale), `so that at most ${MOST_PROCESSES} run`);
      }
      allow(timeToEnd(manager.definition(name)));
      return json({ numprocesses: await manager.scale(name, change) });
    }),
    job("POST", "/signal", "operate", async (name, { request }) => {
      const { signal } = await readObject(request);
      if (typeof signal !== "string" && typeof signal !== "number") {
        throw new Refusal(400, "bad_signal", 'Cannot send a signal: field "signal" must be a name or a number');
      }
      manager.signal(name, parseSignal(signal));
      return ok({}, 202);
    }),
    job("GET", "/state", "read", (name) => new Response(manager.status(name).active ? "1" : "0", { headers: TEXT })),
    job("POST", "/state", "operate", async (name, { request, allow }) => {
      const wanted = (await readText(request)).trim();
      const act = STATES.get(wanted);
      if (act === undefined) throw badValue("body", wanted, "1 to start, 0 to stop or 2 to restart");
      allow(timeToRestart(manager.definition(name)));
      await act(manager, name);
      return ok({}, 202);
    }),
    job("GET", "/commits", "read", (name) => json({ commits: commits.of(name) })),
    job("POST", "/commit", "operate", async (name, { request, requireAdmin }) => {
      const { graceful_timeout, env } = await readObjectOrNothing(request);
      // With variables of its own, it is another program that runs: LD_PRELOAD alone says so.
      if (env !== undefined) requireAdmin(`run "${name}" with another environment`);
      const read = readDefinition({ name, cmd: name, graceful_timeout, env });
      const { pid } = await commits.run(name, {
        ...(read.graceful_timeout === undefined ? {} : { graceful_timeout: read.graceful_timeout }),
        ...(read.env === undefined ? {} : { env: read.env }),
      });
      return json({ pid });
    }),
  ];
}

const TEXT = { "content-type": "text/plain; charset=UTF-8" };

const STATES: ReadonlyMap<string, (manager: Manager, name: string) => Promise<void>> = new Map([
  ["0", (manager: Manager, name: string) => manager.stop(name)],
  ["1", (manager: Manager, name: string) => manager.start(name)],
  ["2", (manager: Manager, name: string) => manager.restart(name)],
]);

function jobName({ params: { session = "", name = "" } }: Call): JobName {
  return { session, name };
}

function fullName({ session, name }: JobName): string {
  return `${session}.${name}`;
}

function pidsOf(manager: Manager, name: string): number[] {
  return manager.running(name).filter(isKept).map(({ pid }) => pid);
}

function described(manager: Manager, name: string, job: JobName): Readonly<Record<string, unknown>> {
  const { active, numprocesses, state, reason } = manager.status(name);
  const running = manager.running(name).filter(isKept);
  return {
    name: fullName(job),
    active,
    running: running.length,
    running_out: running.filter(({ once }) => once).length,
    max_processes: numprocesses,
    numprocesses,
    state,
    reason,
    processes: running.map(({ pid }) => pid),
    config: shown(manager.definition(name)),
  };
}
