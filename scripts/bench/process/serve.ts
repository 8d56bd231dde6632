/**
 * happi's process API alone, with children that write as fast as they can: what the bench measures, in a process of its own.
 *
 * @module
 */
import { Commits } from "../../../lib/process/jobs/commits.ts";
import { processRoutes } from "../../../lib/process/routes.ts";
import { ProcessManager } from "../../../lib/process/manager.ts";

const [children = "1", line = "x"] = Deno.args;
const manager = new ProcessManager({ environment: { PATH: "/usr/bin:/bin" } });
await manager.add({
  name: "loud",
  cmd: "yes",
  args: [line],
  numprocesses: Number(children),
  redirect_output: ["out"],
  redirect_input: true,
});
const none = () => Promise.reject(new Error("the bench asks for no facts"));
const facts = { process: none, template: none };
const app = processRoutes({ manager, facts, commits: new Commits(manager), admin: "open" });
const server = Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`)),
}, (request) => {
  if (new URL(request.url).pathname !== "/written") return app.fetch(request);
  return new Response(String(manager.running().reduce((sum, { output_bytes }) => sum + output_bytes, 0)));
});
await Deno.stdin.readable.pipeTo(new WritableStream()); // the bench closes it
await manager.stopAll();
await server.shutdown();
