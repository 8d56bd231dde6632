/**
 * What has to be done so that things are as they are remembered: the kinds of things as a table.
 */
import { type Client, InvalidArgument } from "../../client/mod.ts";
import { reason } from "../../errors.ts";
import { InvalidCommand } from "../../socket/mod.ts";
import { planCertificate, planCrtList, putCertificate, putCrtList } from "./certificate_plan.ts";
import type { DocumentOf, RunTimeDocument } from "./document.ts";
import { type Found, readFound } from "./found.ts";
import { planLimit, putLimit } from "./limit_plan.ts";
import { planPatterns } from "./pattern_plan.ts";
import { planServer } from "./server_plan.ts";

/** What has to be done to one thing. */
export interface Plan {
  /** Single commands that can go with those of others, in order. */
  readonly lines: readonly string[];
  /** What is not as it is remembered; none: nothing that HAProxy shows. */
  readonly why: readonly string[];
  /** Why it cannot be done: HAProxy does not have the thing. */
  readonly missing?: string;
  /** Why it must not be done: what HAProxy has is newer. */
  readonly superseded?: string;
  /** More than single commands: it is done by itself. */
  readonly isApart?: true;
}

/** A thing, and what has to be done to it. */
export interface Planned {
  readonly document: RunTimeDocument;
  readonly plan: Plan;
}

/** How the things of a kind are compared with HAProxy, and put back where single commands do not do it. */
interface Kind<Document> {
  plan(document: Document, found: Found, client: Client): Plan | Promise<Plan>;
  put(client: Client, document: Document): Promise<unknown>;
}

const KINDS: { readonly [Name in RunTimeDocument["kind"]]: Kind<DocumentOf<Name>> } = {
  server: { plan: planServer, put: (client, { name }) => client.deleteServer(name, { timeoutMs: DELETE_MS }) },
  map: {
    plan: planPatterns,
    put: (client, { name, entries }) =>
      client.replaceMap(name, entries.flatMap(([key, values]) => values.map((value) => ({ key, value })))),
  },
  acl: { plan: planPatterns, put: (client, { name, entries }) => client.replaceAcl(name, entries.map(([key]) => key)) },
  certificate: { plan: (document, _, client) => planCertificate(client, document), put: putCertificate },
  crt_list: { plan: (document, _, client) => planCrtList(client, document), put: putCrtList },
  limit: { plan: (document, _, client) => planLimit(client, document), put: putLimit },
};

/** How long the sessions of a server may take that the configuration has brought back, in milliseconds. */
const DELETE_MS = 2_000;

/** The order: what carries traffic first; crt-lists name certificates. */
const ORDER = ["server", "map", "acl", "limit", "certificate", "crt_list"] as const satisfies RunTimeDocument["kind"][];

/** Any row of the table. */
const kindOf = (document: RunTimeDocument): Kind<RunTimeDocument> => KINDS[document.kind];

/**
 * Compares documents with HAProxy.
 *
 * @param client a worker's client, of level admin
 * @param documents what is remembered
 * @param signal ends it
 * @returns each document with what has to be done, in the order in which it is done
 * @throws {SocketError} when HAProxy cannot be reached
 */
export async function planAll(
  client: Client,
  documents: readonly RunTimeDocument[],
  signal?: AbortSignal,
): Promise<Planned[]> {
  const found = await readFound(client, documents, signal);
  const planned: Planned[] = [];
  for (const name of ORDER) {
    for (const document of documents.filter(({ kind }) => kind === name)) {
      planned.push({ document, plan: await planOne(document, found, client) });
    }
  }
  return planned;
}

/** One thing that no command can say, out of an old store or a snapshot that was edited, keeps no other from being made. */
async function planOne(document: RunTimeDocument, found: Found, client: Client): Promise<Plan> {
  try {
    return await kindOf(document).plan(document, found, client);
  } catch (thrown) {
    if (!(thrown instanceof InvalidArgument || thrown instanceof InvalidCommand)) throw thrown;
    return { lines: [], why: [], missing: reason(thrown) };
  }
}

/** Does what is more than single commands. */
export async function putApart(client: Client, document: RunTimeDocument): Promise<void> {
  await kindOf(document).put(client, document);
}
