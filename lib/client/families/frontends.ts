/**
 * Frontends: how many connections they take, and whether they take any (management guide, 9.3 "set maxconn frontend",
 * "enable frontend", "disable frontend", "shutdown frontend").
 */
import { cli } from "../../socket/mod.ts";
import { DangerousCommand } from "../errors.ts";
import { parseStat } from "../formats/stat.ts";
import { compareBranch } from "../formats/version.ts";
import { type Caller, nothing, type Rows } from "../method.ts";
import { flag, integer, proxy, settings } from "../parameter.ts";

/** Methods that change frontends. */
export interface FrontendMethods {
  /**
   * Sets how many connections a frontend takes at once.
   *
   * @param frontend the frontend
   * @param maxconn connections; 0 stops it from taking any
   * @param options whether it is done where HAProxy may die of it
   * @throws {DangerousCommand} before HAProxy 3.0, when it is to be raised while the frontend is full: that can kill the
   *   process. Lower the traffic first, or force it.
   */
  setFrontendMaxconn(frontend: string, maxconn: number, options?: SetFrontendMaxconnOptions): Promise<void>;

  /** Lets a frontend that was disabled listen again. @param frontend the frontend */
  enableFrontend(frontend: string): Promise<void>;

  /** Stops a frontend's listeners for a while; its port stays bound. @param frontend the frontend */
  disableFrontend(frontend: string): Promise<void>;

  /**
   * Ends a frontend; nothing but a reload brings it back. Its ports are given back, but not with `expose-fd listeners`:
   * clients can connect then, and nobody answers.
   *
   * @param frontend the frontend
   */
  shutdownFrontend(frontend: string): Promise<void>;
}

/** Settings of {@linkcode FrontendMethods.setFrontendMaxconn}. */
export interface SetFrontendMaxconnOptions {
  /** Does it even where it can take HAProxy down. */
  readonly force?: boolean;
}

const frontend = proxy("frontend", "the frontend");

/** A method that does one word to one frontend. */
const verb = (summary: string, line: (name: string) => string) => ({
  kind: "command" as const,
  summary,
  since: "2.6" as const,
  level: "admin" as const,
  effect: "change" as const,
  parameters: [frontend] as const,
  command: line,
  parse: nothing,
});

/** The rows of {@linkcode FrontendMethods}. */
export const frontendMethods: Rows<FrontendMethods> = {
  setFrontendMaxconn: {
    kind: "run",
    summary: "Set how many connections a frontend takes at once; 0 for none",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      frontend,
      integer("maxconn", "connections; 0 stops it from taking any", 0, 0x7fffffff),
      settings<SetFrontendMaxconnOptions>({ force: flag("force", "do it even where it can take HAProxy down") }),
    ],
    async run(caller, name, maxconn, options) {
      const command = cli`set maxconn frontend ${name} ${maxconn}`;
      if (!options?.force) await refuseToRaiseWhileFull(caller, command, name, maxconn);
      await caller.change(command);
    },
  },
  enableFrontend: verb("Let a disabled frontend listen again", (name) => cli`enable frontend ${name}`),
  disableFrontend: verb("Stop a frontend's listeners for a while", (name) => cli`disable frontend ${name}`),
  shutdownFrontend: verb("End a frontend until the next reload", (name) => cli`shutdown frontend ${name}`),
};

/** Up to 2.8, raising the limit wakes the listeners that wait for it, under a lock that they take again. */
async function refuseToRaiseWhileFull(
  caller: Caller,
  command: string,
  name: string,
  maxconn: number,
): Promise<void> {
  const { branch, text } = await caller.version();
  if (compareBranch(branch, "3.0") >= 0) return;
  const [row] = parseStat(await caller.read(cli`show stat ${name} 1 -1`));
  if (row === undefined) return; // there is no such frontend, and HAProxy will say so
  const current = Number(row["scur"]);
  const limit = Number(row["slim"]);
  if (maxconn <= limit || current < limit) return;
  throw new DangerousCommand(
    command,
    `raising the limit of a full frontend (${current} of ${limit} connections) can make HAProxy ${text} abort`,
  );
}
