/**
 * A large HAProxy: many backends of many servers, as big installations have them.
 *
 * @module
 */

import type { LaunchContext } from "../haproxy/launch.ts";

/** The configuration, for `startHaproxy`. The servers are not checked, so that HAProxy itself is idle. */
export function largeConfig(context: LaunchContext, backends: number, servers: number): string {
  const sections = Array.from({ length: backends }, (_, backend) => {
    const lines = Array.from({ length: servers }, (_, server) => {
      const address = `10.${backend >> 8}.${backend & 255}.${server + 1}:8080`;
      return `  server s${server} ${address} weight 10`;
    });
    return `backend be_${backend}\n  balance roundrobin\n${lines.join("\n")}\n`;
  });
  return `global
  stats maxconn 100
  stats timeout 60s
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend fe
  bind 127.0.0.1:${context.port("web")}
  default_backend be_0
${sections.join("\n")}`;
}
