/**
 * Where HAProxy's socket is, when nobody says it.
 */
import { HappiError } from "../errors.ts";
import type { Environment } from "./environment.ts";

/** The paths that distributions' configurations use, in the order in which they are tried. */
export const USUAL_SOCKETS = {
  worker: [
    "/run/haproxy/admin.sock",
    "/var/run/haproxy/admin.sock",
    "/var/lib/haproxy/stats",
    "/run/haproxy.sock",
  ],
  master: ["/run/haproxy-master.sock", "/run/haproxy/master.sock", "/var/lib/haproxy/master.sock"],
} as const;

/** No address was given, and none of the usual paths is there. */
export class NoUsualSocket extends HappiError {
  /** @param tried the paths that were looked at */
  constructor(tried: readonly string[]) {
    super(
      "no_socket",
      `Cannot find HAProxy's socket: there is none of ${tried.join(", ")}; give it with -p PATH or HAPPI_SOCKET`,
    );
  }
}

/**
 * The socket's address: what was given, HAPPI_SOCKET, or the first of the usual paths that exists.
 *
 * @param given the value of `-p`
 * @param kind which process's socket is meant
 * @param exists tells whether there is something at a path
 * @throws {NoUsualSocket} when there is none
 */
export async function findSocket(
  environment: Pick<Environment, "variable">,
  given: string | undefined,
  kind: keyof typeof USUAL_SOCKETS,
  exists: (path: string) => Promise<boolean> = pathExists,
): Promise<string> {
  const named = given ?? environment.variable("HAPPI_SOCKET");
  if (named !== undefined) return named;
  for (const path of USUAL_SOCKETS[kind]) if (await exists(path)) return path;
  throw new NoUsualSocket(USUAL_SOCKETS[kind]);
}

async function pathExists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (thrown) {
    return thrown instanceof Deno.errors.PermissionDenied;
  }
}
