/**
 * What `curl` would do, for machines without it: the options that the README uses, curl's own content type for `-d`
 * included.
 *
 * @module
 */

if (import.meta.main) {
  const { url, ...request } = readArguments(Deno.args);
  const answer = await fetch(url, request);
  Deno.stdout.writeSync(new Uint8Array(await answer.arrayBuffer()));
}

/** Reads curl's arguments. */
export function readArguments(
  args: readonly string[],
): { url: string; method: string; headers: HeadersInit; body: string | null } {
  let url = "";
  let method: string | undefined;
  let body: string | null = null;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "-X") method = args[++at];
    else if (arg === "-d") body = args[++at] ?? "";
    else if (arg.startsWith("-")) throw new Error(`Cannot play curl: option "${arg}" is not known here`);
    else url = arg;
  }
  const headers = body === null ? {} : { "content-type": "application/x-www-form-urlencoded" };
  return { url, method: method ?? (body === null ? "GET" : "POST"), headers, body };
}
