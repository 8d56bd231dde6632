/**
 * `/streams` and `/wstreams`: what processes write, and what is written to them (gaffer's HTTP guide, "streams").
 */
import { chunksOf } from "../api/bodies.ts";
import { Refusal } from "../api/refusals.ts";
import { type Call, ok, type Route } from "../api/route.ts";
import { NoInput } from "../errors.ts";
import type { RunningProcess } from "../manager_face.ts";
import { outputSocket } from "../streams/output_socket.ts";
import { outputResponse } from "../streams/output_stream.ts";
import { type Backing, findProcess } from "./backing.ts";

/** What may be written to; the seed's documents say the second, its code the first. */
const INPUTS: readonly string[] = ["stdin", "ttin"];

/** How long a process may take to read what a request writes, in seconds. */
const READING_S = 45;

/** The routes. */
export function streamRoutes(backing: Backing): Route[] {
  const { stopping } = backing;
  const path = "/streams/:pid/:label";
  const inputOf = ({ params }: Call): RunningProcess => {
    const process = findProcess(backing, params.pid ?? "");
    if (!INPUTS.includes(params.label ?? "")) throw noLabel(404, "not_found", params, "is written to: only stdin is");
    return checkInput(backing, process);
  };
  return [
    {
      method: "GET",
      path,
      role: "read",
      handle({ params, request }) {
        const { outputs } = findProcess(backing, params.pid ?? "");
        if (outputs.size === 0) throw noLabel(400, "io_not_redirected", params, "is kept: it has no redirect_output");
        const label = params.label ?? "";
        const feed = outputs.get(label);
        if (feed === undefined) {
          throw noLabel(404, "io_not_found", params, `is called so: there is ${[...outputs.keys()].join(" and ")}`);
        }
        return outputResponse(feed, label, request, stopping);
      },
    },
    {
      method: "POST",
      path,
      role: "admin",
      async handle(call) {
        const process = inputOf(call);
        call.allow(READING_S);
        for await (const chunk of chunksOf(call.request)) await process.write(chunk);
        return ok();
      },
    },
    // The seed cannot say to a process that nothing more comes.
    {
      method: "DELETE",
      path,
      role: "admin",
      async handle(call) {
        await inputOf(call).closeInput();
        return ok();
      },
    },
    {
      method: "GET",
      path: "/wstreams/:pid",
      // It is the handler that asks for the token: a browser shows its page what a socket says, not an answer 401.
      role: "read",
      handle({ params, request, requireAdmin }) {
        const find = () => {
          requireAdmin("write to a process");
          return checkInput(backing, findProcess(backing, params.pid ?? ""));
        };
        return outputSocket(request, find, stopping);
      },
    },
  ];
}

/** @throws {NoInput} when its definition says that it has none */
function checkInput({ manager }: Backing, process: RunningProcess): RunningProcess {
  if (process.exit !== undefined) throw new NoInput(process.name, "it has ended");
  const { redirect_input = false } = manager.definition(process.name);
  if (!redirect_input) throw new NoInput(process.name, "its definition does not redirect its input");
  return process;
}

function noLabel(status: number, code: string, { pid, label }: Call["params"], why: string): Refusal {
  return new Refusal(status, code, `Cannot use stream "${label}" of process ${pid}: nothing of it ${why}`);
}
