/**
 * `happi agent drain|maint|ready NAME`: maintenance by hand, told to the running agent.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, constant, option } from "@optique/core/primitives";
import type { Admin } from "../../agent/mod.ts";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { type Leaf, leaf } from "../leaf.ts";
import { readDuration, word } from "../values.ts";
import { type Fields, findApi } from "./api.ts";
import { api } from "./flags.ts";

interface WishValues {
  readonly args: { readonly name: string };
  readonly own: {
    readonly for?: string | undefined;
    readonly why?: string | undefined;
    readonly api?: string | undefined;
  };
}

/** What each does, in a line. */
export const MODES: Readonly<Record<Admin, string>> = {
  drain: "Let a server finish its sessions and get no new ones, until ready",
  maint: "Take a server out and pause its health checks, until ready",
  ready: "End drain or maint: tell HAProxy that the server may be used again",
};

/** The leaves of `happi agent drain`, `maint` and `ready`. */
export const maintenanceLeaves: Readonly<Record<Admin, Leaf>> = {
  drain: leafOf("drain"),
  maint: leafOf("maint"),
  ready: leafOf("ready"),
};

function leafOf(mode: Admin): Leaf {
  const isEnd = mode === "ready";
  return leaf<WishValues>({
    path: `agent ${mode}`,
    usage: `NAME${isEnd ? "" : " [--for 30m]"} [--why TEXT] [--api URL]`,
    summary: MODES[mode],
    paragraphs: [
      isEnd
        ? "The agent says ready for a while (ready_window, 30s), which also ends what was set on HAProxy's own socket."
        : "HAProxy is told with its next agent check. A restart of the agent changes nothing; when the time is over, or " +
          "with happi agent ready, HAProxy is told that the server may be used again.",
    ],
    parser: object({
      args: object("Arguments", {
        name: argument(word("NAME"), {
          description: message`The check's name, the request that agent-send says, or the target`,
        }),
      }),
      own: object("Options", {
        for: isEnd ? constant(undefined) : optional(option("--for", word("TIME"), {
          description: message`It ends by itself after this long, such as 30m or 2h`,
        })),
        why: optional(option("--why", word("TEXT"), { description: message`For people; HAProxy shows it` })),
        api,
      }),
    }),
    run: (environment, values) => run(environment, mode, values),
  });
}

async function run(environment: Environment, mode: Admin, { args, own }: WishValues): Promise<number> {
  const forMs = own.for === undefined ? undefined : readDuration("--for", own.for);
  const agent = await findApi(environment, own.api);
  const view = await agent.ask("PUT", `agent/checks/${encodeURIComponent(args.name)}/maintenance`, {
    mode,
    ...(forMs === undefined ? {} : { for: forMs }),
    ...(own.why === undefined ? {} : { why: own.why }),
    by: environment.variable("SUDO_USER") ?? environment.variable("USER") ?? "",
  });
  await environment.stdout.write(`${args.name}: ${mode}${untilText(view)}\n`);
  if (view["is_kept"] !== true) {
    await environment.stderr.write(
      "happi: the agent could not write this down: it is forgotten when the agent restarts\n",
    );
  }
  return EXIT.done;
}

function untilText({ mode, until }: Fields): string {
  if (mode === "ready") return "; HAProxy is told with its next agent check";
  return typeof until === "number" ? ` until ${new Date(until).toISOString()}` : " until happi agent ready";
}
