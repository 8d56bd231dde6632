/**
 * A configuration with something of everything that the Runtime API can show and change, accepted by HAProxy 2.6 and
 * later: what the demo runs and what most tests talk to.
 *
 * | name | what it is |
 * |---|---|
 * | `fe_web` | HTTP on port `web`, TLS on port `tls` (crt-list), host map, ACL file, tracks `st_src` |
 * | `fe_tcp` | TCP on port `tcp` |
 * | `li_status` | HAProxy's own status page on port `status` |
 * | `be_web` | round robin over `s1`, `s2`, `s3` (checked; `s3` has an agent check that nobody answers) |
 * | `be_static` | static round robin, which cannot change weights or servers |
 * | `be_tcp`, `be_dns` | TCP; a server by name that the resolvers `dns1` cannot find |
 * | `st_src` | a stick table by source address |
 * | `traffic` | a ring that takes the traffic log (`show events traffic`) |
 * | `mates`, `dns1`, `small` | peers, resolvers, cache |
 *
 * Sockets beside the launcher's: `operator.sock` and `user.sock` with those levels, and level admin on TCP port `cli`.
 *
 * @module
 */

import type { LaunchContext } from "./launch.ts";

/** Ports of the servers of `be_web`; one that is left out gets a free port of its name, where nobody listens (yet). */
export type ServerPorts = Partial<Readonly<Record<"s1" | "s2" | "s3", number>>>;

/** The configuration, for `startHaproxy`. */
export function realisticConfig(context: LaunchContext, servers: ServerPorts = {}): string {
  const bind = (name: string) => `127.0.0.1:${context.port(name)}`;
  const server = (name: keyof ServerPorts) => `127.0.0.1:${servers[name] ?? context.port(name)}`;
  const file = (name: string) => context.file(name);
  return `
global
  log ring@traffic local0
  description "happi test, \\"realistic\\""
  node happi-test
  localpeer happi
  stats timeout 30s
  stats socket ${file("operator.sock")} mode 600 level operator
  stats socket ${file("user.sock")} mode 600 level user
  stats socket ipv4@${bind("cli")} level admin

defaults
  log global
  mode http
  option httplog
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  timeout check 1s
  retries 2
  option redispatch 1

ring traffic
  format short
  size 65536
  maxlen 1200

peers mates
  peer happi ${bind("peer")}
  peer other 127.0.0.1:${context.port("other_peer")}

resolvers dns1
  nameserver nobody 127.0.0.1:${context.port("dns")}
  resolve_retries 1
  timeout resolve 1s
  timeout retry 1s
  hold nx 1s

cache small
  total-max-size 1
  max-age 10

frontend fe_web
  bind ${bind("web")} name plain
  bind ${bind("tls")} name tls ssl crt-list ${file("certs.list")}
  maxconn 500
  http-request track-sc0 src table st_src
  http-request deny deny_status 403 if { req.hdr(x-client) -f ${file("deny.acl")} }
  http-request cache-use small if { path_beg /cached/ }
  http-response cache-store small if { capture.req.uri -m beg /cached/ }
  use_backend %[req.hdr(host),field(1,:),lower,map(${file("hosts.map")},be_web)]

frontend fe_tcp
  mode tcp
  option tcplog
  bind ${bind("tcp")}
  default_backend be_tcp

listen li_status
  bind ${bind("status")}
  monitor-uri /alive
  stats enable
  stats uri /

backend be_web
  balance roundrobin
  option httpchk GET /
  cookie SERVER insert indirect nocache
  default-server inter 200ms fastinter 100ms rise 1 fall 2 maxconn 100
  server s1 ${server("s1")} check cookie s1 weight 100
  server s2 ${server("s2")} check cookie s2 weight 100
  server s3 ${server("s3")} check cookie s3 weight 50 agent-check agent-port ${context.port("no_agent")} agent-inter 1s

backend be_static
  balance static-rr
  server s1 ${server("s1")} weight 10
  server s2 ${server("s2")} weight 10 backup

backend be_tcp
  mode tcp
  balance leastconn
  server s1 ${server("s1")}

backend be_dns
  server named app.happi.test:80 resolvers dns1 init-addr none

backend st_src
  stick-table type ip size 10k expire 10m store http_req_cnt,http_req_rate(10s),conn_cur,gpc0
`;
}

/** The files that the configuration names, for `startHaproxy`. */
export function realisticFiles(context: LaunchContext): Record<string, string> {
  return {
    "hosts.map": "# host to backend\nstatic.happi.test be_static\nnamed.happi.test be_dns\n",
    "deny.acl": "# clients that are turned away\nbad-client\nworse-client\n",
    "site.pem": testCertificate(),
    "certs.list": `${context.file("site.pem")} happi.test *.happi.test\n`,
  };
}

/** A certificate for `happi.test`, `*.happi.test` and 127.0.0.1, with its key; it is public, and for tests only. */
export function testCertificate(): string {
  return Deno.readTextFileSync(new URL("./test_only.pem", import.meta.url));
}
