/** A real HAProxy with the configuration that is generated for some policies, and a frontend that shows their variables. */

import { formatAddress } from "../../../lib/net/mod.ts";
import { Agent } from "../../../lib/spop/mod.ts";
import type { Policy } from "../../../lib/spop/policies/policy.ts";
import { generateSpoeConfig } from "../../../lib/spop/spoe_conf/mod.ts";
import { type RunningHaproxy, startHaproxy } from "../../../scripts/haproxy/launch.ts";
import type { HaproxyBuild } from "../../../scripts/haproxy/versions.ts";

/** What differs from test to test. */
export interface FrontendOptions {
  /** Variables that the answer shows: `x-jwt-sub` for `jwt_sub`. */
  readonly shown: readonly string[];
  /** Changes the generated `spoe.conf`: says where an argument comes from. */
  readonly edit?: (spoe: string) => string;
}

/** A frontend. */
export interface Frontend extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly haproxy: RunningHaproxy;
}

/** Starts both; the policies stay the caller's. */
export async function startFrontend(
  build: HaproxyBuild,
  policies: readonly Policy[],
  { shown, edit = (spoe) => spoe }: FrontendOptions,
): Promise<Frontend> {
  await using started = new AsyncDisposableStack();
  const agent = new Agent();
  for (const policy of policies) {
    agent.on(policy.message.name, (message, actions) => policy.decide(message, actions), {
      defaultVerdict: (actions) => policy.defaults(actions),
    });
  }
  const listener = started.use(await agent.listen("127.0.0.1:0"));
  const made = generateSpoeConfig({
    policies,
    haproxy: build.release,
    address: formatAddress(listener.address),
    file: "FILE",
    processingMs: 5000,
  });
  const words = { process: "proc", session: "sess", transaction: "txn", request: "req", response: "res" };
  const variables = policies.flatMap((policy) => policy.sets).filter((one) => shown.includes(one.name));
  const headers = variables.map(({ scope, name }) =>
    `hdr x-${name.replaceAll("_", "-")} "%[var(${words[scope]}.happi.${name})]"`
  ).join(" ");
  const haproxy = started.use(
    await startHaproxy(build, {
      files: { "spoe.conf": edit(made.spoe) },
      config: (context) =>
        `defaults
  timeout client 10s
  timeout server 10s
  timeout connect 1s
frontend web
  mode http
  bind 127.0.0.1:${context.port("web")}
${made.frontend.replace("FILE", context.file("spoe.conf"))}
  http-request return status 200 ${headers}
${made.backend}`,
    }),
  );
  const all = started.move();
  const port = haproxy.port("web");
  return {
    url: `http://127.0.0.1:${port}/path?query`,
    port,
    haproxy,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Asks, and gives the status and headers. */
export async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { redirect: "manual", ...init });
  await response.body?.cancel();
  return response;
}

/** Sends a request as it is written, over a connection of its own; gives the status. */
export async function askRaw(port: number, request: string): Promise<number> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(request);
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
  const answer = new Uint8Array(64);
  const count = await conn.read(answer);
  return Number(new TextDecoder().decode(answer.subarray(0, count ?? 0)).split(" ")[1]);
}
