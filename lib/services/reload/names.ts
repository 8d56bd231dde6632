/**
 * Names in the place of HAProxy's numbers (`#4/#1`, `#12`): after a reload the same number may be another thing's.
 */
import { type Client, NotFound } from "../../client/mod.ts";

/**
 * Finds the name.
 *
 * @param client a worker's client
 * @param kind what is named
 * @param name a name, or `#` and a number; for a server each half
 * @returns a server as `backend/server`, a map or an ACL by its file
 * @throws {NotFound} when there is no such thing, or it has no name
 */
export async function resolveName(client: Client, kind: "server" | "map" | "acl", name: string): Promise<string> {
  return kind === "server" ? await serverName(client, name) : await fileName(client, kind, name);
}

async function serverName(client: Client, name: string): Promise<string> {
  const [backend = "", server = ""] = name.split("/");
  const { servers } = await client.getServersState();
  const found = servers.find((one) => {
    return [one.be_name, `#${one.be_id}`].includes(backend) && [one.srv_name, `#${one.srv_id}`].includes(server);
  });
  if (!found) throw new NotFound(`server "${name}"`, "HAProxy does not list it");
  return `${found.be_name}/${found.srv_name}`;
}

async function fileName(client: Client, kind: "map" | "acl", name: string): Promise<string> {
  const lists = await (kind === "map" ? client.getMaps() : client.getAcls());
  const file = lists.find(({ id }) => `#${id}` === name)?.file;
  if (!file) throw new NotFound(`${kind} "${name}"`, "it has no file, so that nobody knows it after a reload");
  return file;
}
