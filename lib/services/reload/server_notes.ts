/**
 * Notes of what changes servers.
 */
import type { DocumentOf, ServerSettings } from "./document.ts";
import type { Edit, Note, Notes } from "./note.ts";

type Server = DocumentOf<"server">;

/** The notes of servers, their checks, and of those that come and go. */
export const SERVER_NOTES: Notes = {
  setServerState: sets((state) => ({ state })),
  setServerWeight: sets((weight) => ({ weight })),
  setServerAddress: sets((address, port) => ({ address, ...(port === undefined ? {} : { port }) })),
  setServerMaxconn: sets((maxconn) => ({ maxconn })),
  setServerFqdn: sets((fqdn) => ({ fqdn })),
  setServerSsl: sets((ssl) => ({ ssl })),
  disableServer: sets(() => ({ state: "maint" })),
  enableServer: {
    names: "server",
    // It ends maintenance alone: a server that drains goes on draining.
    edits: ([name]) => [
      serverEdit(name, (before) => ({ ...before, state: before.state === "drain" ? "drain" : "ready" })),
    ],
  },
  drain: { ...sets<[string, unknown?], { readonly state: "drain" | "maint" }>(), mayHaveBegun: true },

  setServerHealth: sets((health) => ({ health })),
  setServerAgentAddress: sets((agent_address, agent_port) => ({
    agent_address,
    ...(agent_port === undefined ? {} : { agent_port }),
  })),
  setServerAgentPort: sets((agent_port) => ({ agent_port })),
  setServerAgentSend: sets((agent_send) => ({ agent_send: agent_send ?? "" })),
  setServerCheckAddress: sets((check_address, check_port) => ({
    check_address,
    ...(check_port === undefined ? {} : { check_port }),
  })),
  setServerCheckPort: sets((check_port) => ({ check_port })),
  enableHealth: sets(() => ({ check: "on" })),
  disableHealth: sets(() => ({ check: "off" })),
  enableAgent: sets(() => ({ agent: "on" })),
  disableAgent: sets(() => ({ agent: "off" })),

  addServer: {
    names: "server",
    edits: ([name, address, options]) => [{
      ...{ kind: "server", name },
      apply: () => ({ kind: "server", name, made: { address, keywords: [...(options?.keywords ?? [])] } }),
    }],
  },
  delServer: { names: "server", edits: ([name]) => [deletion(name)] },
  deleteServer: { names: "server", edits: ([name]) => [deletion(name)], mayHaveBegun: true },
};

/** The server has this state now, whatever call made it so. */
export function stateEdit(name: string, state: NonNullable<ServerSettings["state"]>): Edit {
  return serverEdit(name, (before) => ({ ...before, state }));
}

/** Settings that a call makes; without a function they are in its result. */
function sets<Args extends readonly [string, ...unknown[]], Result extends ServerSettings | string | void>(
  settings?: (...values: Tail<Args>) => ServerSettings,
): Note<Args, Result> {
  return {
    names: "server",
    edits([name, ...values], result) {
      const made = settings ? settings(...values as Tail<Args>) : typeof result === "object" ? stateOf(result) : {};
      return [serverEdit(name, (before) => ({ ...before, ...made }))];
    },
  };
}

type Tail<Args extends readonly unknown[]> = Args extends readonly [unknown, ...infer Rest] ? Rest : never;

function stateOf({ state }: ServerSettings): ServerSettings {
  return state === undefined ? {} : { state };
}

function serverEdit(name: string, change: (before: Server) => Server): Edit {
  return {
    ...{ kind: "server", name },
    // Who changes a server that was deleted has it again.
    apply(before) {
      const { is_deleted: _, ...known }: Server = before?.kind === "server" ? before : { kind: "server", name };
      return change(known);
    },
  };
}

/** One that was made at run time is gone as after a reload; one of the configuration has to be deleted again. */
function deletion(name: string): Edit {
  return {
    ...{ kind: "server", name },
    apply: (before) =>
      before?.kind === "server" && before.made ? undefined : { kind: "server", name, is_deleted: true },
  };
}
