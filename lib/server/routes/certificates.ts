/**
 * Certificates that HAProxy serves: read, replace, add. Private keys go in and never come out.
 */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import type { Client } from "../../client/mod.ts";
import { answerJson, answerShared, asJson } from "../answers.ts";
import { checked, parseJson, readText } from "../checked.ts";
import type { Backing, ServerEnv } from "../env.ts";
import { InvalidRequest, UnsupportedBody } from "../errors.ts";
import { findFile } from "./named_file.ts";
import { text } from "./schemas.ts";

const oneFile = v.object({ file: text });
const newCertificate = v.strictObject({ file: text, pem: v.string("it must be text") });
const onlyPem = v.strictObject({ pem: v.string("it must be text") });

/** What a certificate may be sent as; `application/json` is `{"pem": "..."}`. */
const PEM_TYPES = ["application/x-pem-file", "application/pem-certificate-chain", "text/plain"];

/**
 * Makes the routes.
 *
 * @param backing what all requests share
 * @returns an app to be mounted at `/`
 */
export function certificateRoutes({ reads }: Backing): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.get(
    "/certificates",
    (c) => answerShared(c, reads, ["certificates"], asJson((client) => client.getCertificates())),
  );

  routes.post("/certificates", checked("json", newCertificate), async (c) => {
    const { file, pem } = c.req.valid("json");
    const added = await c.var.client.addCertificate(file, pem);
    c.header("location", `/api/v1/certificates/${encodeURIComponent(file)}`);
    return answerJson(c, added, 201);
  });

  routes.get("/certificates/:file", checked("param", oneFile), (c) => {
    const { file } = c.req.valid("param");
    const read = async (client: Client) => client.getCertificate(await find(client, file));
    return answerShared(c, reads, ["certificate", file], asJson(read));
  });

  routes.put("/certificates/:file", checked("param", oneFile), async (c) => {
    const { client } = c.var;
    const file = await find(client, c.req.valid("param").file);
    return answerJson(c, await client.replaceCertificate(file, await readPem(c)));
  });

  return routes;
}

function find(client: Client, file: string): Promise<string> {
  return findFile("certificate", file, async () => (await client.getCertificates()).files);
}

/** The PEM text of a body. Errors do not show what it was: it holds a private key. */
async function readPem(c: Context<ServerEnv>): Promise<string> {
  const type = c.req.header("content-type");
  const plain = type?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (PEM_TYPES.includes(plain)) return await readText(c);
  if (plain !== "application/json") throw new UnsupportedBody(type, [...PEM_TYPES, "application/json"]);
  const body = v.safeParse(onlyPem, parseJson(await readText(c)));
  if (!body.success) throw new InvalidRequest('Cannot read the body: it must be {"pem": "..."}');
  return body.output.pem;
}
