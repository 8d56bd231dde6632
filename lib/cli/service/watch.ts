/**
 * `happi service watch`: a line for each change of a service, by long polls; who answers may be away for a while.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { leaf } from "../leaf.ts";
import { word } from "../values.ts";
import { type Fields, findServices, recordsIn, type ServicesApi, ServicesRefused, ServicesUnreachable } from "./api.ts";
import { api } from "./flags.ts";
import { hostText } from "./list.ts";
import { pause } from "./pause.ts";

interface WatchValues {
  readonly args: { readonly name?: string | undefined };
  readonly own: { readonly api?: string | undefined; readonly json: boolean };
}

/** The leaf of `happi service watch`. */
export const watchLeaf = leaf<WatchValues>({
  path: "service watch",
  usage: "[NAME] [--json] [--api URL]",
  summary: "Show services now, and each as it changes, until Ctrl-C",
  paragraphs: ["Where happi is away for a while, watching goes on when it is back."],
  parser: object({
    args: object("Arguments", {
      name: optional(argument(word("NAME"), { description: message`Only this service` })),
    }),
    own: object("Options", {
      json: option("--json", { description: message`A line of JSON for each change: the service, or no units` }),
      api,
    }),
  }),
  run,
});

/** A long poll's time, in seconds. */
const WAIT_S = 60;
const RETRY_MS = 1_000;

async function run(environment: Environment, { args, own }: WatchValues): Promise<never> {
  const { stdout, stderr, signal } = environment;
  const services = await findServices(environment, own.api);
  let shown = new Map<string, string>();
  let revision = 0;
  let isAway = false;
  for (;;) {
    const list = await next(services, revision, signal);
    if (typeof list === "string") {
      if (!isAway) await stderr.write(`happi: ${list}\n`);
      isAway = true;
      await pause(RETRY_MS, signal);
      continue;
    }
    if (isAway) await stderr.write("happi: the services are back\n");
    isAway = false;
    revision = Number(list["revision"]);
    const units = new Map(recordsIn(list["services"]).map((one) => [String(one["service"]), recordsIn(one["units"])]));
    const now = new Map([...units].map(([service, all]) => [service, JSON.stringify(all)]));
    const names = [...new Set([...shown.keys(), ...now.keys()])].sort();
    for (const service of names.filter((one) => args.name === undefined || one === args.name)) {
      if (shown.get(service) === now.get(service)) continue;
      await stdout.write(lineOf(service, units.get(service) ?? [], own.json));
    }
    shown = now;
  }
}

/** The newest list, or why there is none for now. */
async function next(services: ServicesApi, revision: number, signal: AbortSignal): Promise<Fields | string> {
  try {
    const path = `services?since=${revision}&wait=${WAIT_S}`;
    return await services.ask("GET", path, { signal, patienceMs: (WAIT_S + 10) * 1000 });
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    if (thrown instanceof ServicesUnreachable || thrown instanceof ServicesRefused) return thrown.message;
    throw thrown;
  }
}

function lineOf(service: string, units: readonly Fields[], isJson: boolean): string {
  if (isJson) return `${JSON.stringify({ service, units })}\n`;
  const texts = units.map((unit) => {
    const hosts = recordsIn(unit["hosts"]).map(hostText).join(" ");
    return `${unit["unit"]} ${hosts}${unit["state"] === "drain" ? " (drain)" : ""}`;
  });
  return `${service}: ${texts.length === 0 ? "gone" : texts.join(", ")}\n`;
}
