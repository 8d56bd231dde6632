import assert from "node:assert/strict";
import { route } from "../../lib/cli/route.ts";

const CASES:
  readonly (readonly [args: string[], command: string | undefined, name: string | undefined, rest: string[]])[] = [
    [[], undefined, undefined, []],
    [["--help"], undefined, undefined, ["--help"]],
    [["-p"], undefined, undefined, ["-p"]],
    [["socket"], "socket", undefined, []],
    [["socket", "-d", "show info"], "socket", undefined, ["-d", "show info"]],
    [["-p", "/s", "socket", "-d", "x"], "socket", undefined, ["-p", "/s", "-d", "x"]],
    [["client", "get_info"], "client", "get_info", []],
    [["client", "-p", "/s", "get_info", "x"], "client", "get_info", ["-p", "/s", "x"]],
    [["-p", "/s", "client", "get_info"], "client", "get_info", ["-p", "/s"]],
    [["client", "--path=/s", "get_info"], "client", "get_info", ["--path=/s"]],
    [["client", "--master", "reload"], "client", "reload", ["--master"]],
    [["client", "-d", "get_info"], "client", undefined, ["-d", "get_info"]],
    [["client", "--help"], "client", undefined, ["--help"]],
    [["client", "get_map", "get_map"], "client", "get_map", ["get_map"]],
    [["client", "client", "client"], "client", "client", ["client"]],
    [["client", "get_map", "--", "-x"], "client", "get_map", ["--", "-x"]],
    [["client", "--", "get_map"], "client", undefined, ["--", "get_map"]],
    [["--", "socket"], undefined, undefined, ["--", "socket"]],
    [["completion", "bash", "-p", "x", "client", ""], "completion", undefined, ["bash", "-p", "x", "client", ""]],
    [["spoa"], "spoa", undefined, []],
    [["spoa", "--listen", "127.0.0.1:0", "-c", "x"], "spoa", undefined, ["--listen", "127.0.0.1:0", "-c", "x"]],
    [["spoa", "check", "x", "--json"], "spoa", "check", ["x", "--json"]],
    [["spoa", "--workers", "2", "check"], "spoa", undefined, ["--workers", "2", "check"]],
    [["agent", "drain", "web", "--for", "30m"], "agent", "drain", ["web", "--for", "30m"]],
    [["agent", "127.0.0.1", "1337"], "agent", undefined, ["127.0.0.1", "1337"]],
    [["agent", "::1"], "agent", undefined, ["::1"]],
    [["agent", "localhost", "1337"], "agent", undefined, ["localhost", "1337"]],
    [["juju", "provides", "website", "--port", "80"], "juju", "provides", ["website", "--port", "80"]],
    [["help", "client", "get_info"], "help", undefined, ["client", "get_info"]],
  ];

for (const [args, command, name, rest] of CASES) {
  Deno.test(`route() reads happi ${args.join(" ")}`, () => {
    assert.deepEqual(route(args), { command, name, rest });
  });
}
