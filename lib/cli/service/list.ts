/**
 * `happi service list` and `get`: who serves what now.
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, option } from "@optique/core/primitives";
import type { Environment } from "../environment.ts";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { toJson } from "../output/json.ts";
import type { Row } from "../output/rows.ts";
import { toTable } from "../output/table.ts";
import { word } from "../values.ts";
import { type Fields, findServices, recordIn, recordsIn } from "./api.ts";
import { api, json } from "./flags.ts";

interface ListValues {
  readonly own: { readonly api?: string | undefined; readonly json: boolean; readonly httpInterface: boolean };
}

/** The leaf of `happi service list`. */
export const listLeaf = leaf<ListValues>({
  path: "service list",
  usage: "[--json | --http-interface] [--api URL]",
  summary: "Show all services, and where their units answer",
  parser: object({
    own: object("Options", {
      json,
      httpInterface: option("--http-interface", {
        description: message`As Juju's http interface gives them: JSON of service_name and hosts`,
      }),
      api,
    }),
  }),
  async run(environment, { own }) {
    const { stdout, stderr } = environment;
    const services = await findServices(environment, own.api);
    const path = own.httpInterface ? "services-interface" : "services";
    const answer = await services.ask("GET", path, { signal: environment.signal });
    // A list is read as an object with numbers for names.
    if (own.httpInterface) await stdout.write(toJson(Object.values(answer), stdout.isTerminal));
    else if (own.json) await stdout.write(toJson(answer, stdout.isTerminal));
    else {
      const rows = recordsIn(answer["services"]).flatMap(unitRows);
      if (rows.length === 0) await stderr.write("happi: there are no services\n");
      else await writeTable(environment, rows);
    }
    return EXIT.done;
  },
});

interface GetValues {
  readonly args: { readonly name: string };
  readonly own: { readonly api?: string | undefined; readonly json: boolean };
}

/** The leaf of `happi service get`. */
export const getLeaf = leaf<GetValues>({
  path: "service get",
  usage: "NAME [--json] [--api URL]",
  summary: "Show the units of a service, and how long they are registered for",
  parser: object({
    args: object("Arguments", { name: argument(word("NAME"), { description: message`The service` }) }),
    own: object("Options", { json, api }),
  }),
  async run(environment, { args, own }) {
    const { stdout, signal } = environment;
    const services = await findServices(environment, own.api);
    const answer = await services.ask("GET", `services/${encodeURIComponent(args.name)}/units`, { signal });
    if (own.json) await stdout.write(toJson(answer, stdout.isTerminal));
    else await writeTable(environment, unitRows(answer).map(({ service: _, ...row }) => row));
    return EXIT.done;
  },
});

async function writeTable({ stdout }: Environment, rows: readonly Row[]): Promise<void> {
  const columns = stdout.isTerminal ? stdout.columns : Infinity;
  await stdout.write(toTable(rows, { columns, hasColours: stdout.hasColours }).text);
}

/** A row for each unit. */
function unitRows({ service, units }: Fields): Row[] {
  return recordsIn(units).map((unit) => {
    const { weight, maxconn, state } = unit;
    const expiresAt = recordIn(unit["lease"])["expires_at"];
    const seconds = typeof expiresAt === "number"
      ? Math.max(0, Math.round((expiresAt - Date.now()) / 1000))
      : undefined;
    return {
      service: String(service),
      unit: String(unit["unit"]),
      hosts: recordsIn(unit["hosts"]).map(hostText).join(" "),
      state: state === "drain" ? "drain" : "ready",
      ...(typeof weight === "number" ? { weight } : {}),
      ...(typeof maxconn === "number" ? { maxconn } : {}),
      ...(seconds === undefined ? {} : { lease: `${seconds}s` }),
    };
  });
}

/** `10.0.0.1:80`, `[::1]:80`. */
export function hostText({ hostname, port }: Fields): string {
  const name = String(hostname);
  return `${name.includes(":") ? `[${name}]` : name}:${port}`;
}
