/**
 * The hook that happi runs in, as Juju's variables tell it; and the tools that come with it.
 */
import { type HookTools, hookTools, type Leaving } from "../../services/mod.ts";
import type { Environment } from "../environment.ts";
import { childrenEnvironment } from "../process/children_environment.ts";
import { UsageError } from "../usage_error.ts";

/** A charm's hook. */
export interface Hook {
  readonly endpoint: string;
  /** This unit: `web/0`. */
  readonly unit: string;
  /** Who is leaving while it runs. */
  readonly leaving?: Leaving;
  readonly tools: HookTools;
}

/**
 * Finds out which hook runs.
 *
 * @param environment its variables: JUJU_UNIT_NAME and what else Juju says
 * @param endpoint as the charm's metadata.yaml names it
 * @throws {UsageError} when it is no endpoint's name, or no hook runs
 */
export function currentHook(
  environment: Pick<Environment, "variable" | "variables" | "signal">,
  endpoint: string,
): Hook {
  if (!/^[A-Za-z][\w-]*$/.test(endpoint)) {
    throw new UsageError(`Cannot use "${endpoint}" as ENDPOINT: write its name as in metadata.yaml, such as "website"`);
  }
  const unit = environment.variable("JUJU_UNIT_NAME");
  if (unit === undefined) {
    throw new UsageError(
      'Cannot tell which unit this is: JUJU_UNIT_NAME is not set; run happi in a charm\'s hook, or through "juju exec"',
    );
  }
  const leaving = whoLeaves(environment);
  const tools = hookTools({ env: childrenEnvironment(environment.variables()), signal: environment.signal });
  return { endpoint, unit, tools, ...(leaving === undefined ? {} : { leaving }) };
}

/** Hooks of one relation have its name before these words. */
const LEAVING_HOOK = /-relation-(departed|broken)$/;

function whoLeaves({ variable }: Pick<Environment, "variable">): Leaving | undefined {
  const name = variable("JUJU_HOOK_NAME") ?? variable("JUJU_DISPATCH_PATH") ?? "";
  const [, kind] = LEAVING_HOOK.exec(name) ?? [];
  const [relation, unit] = [variable("JUJU_RELATION_ID"), variable("JUJU_REMOTE_UNIT")];
  if (kind === undefined || relation === undefined) return undefined;
  if (kind === "broken") return { relation };
  return unit === undefined ? undefined : { relation, unit };
}
