/** What a real HAProxy says to a configuration at start: `haproxy -c`. */

import type { HaproxyBuild } from "../../../scripts/haproxy/versions.ts";

/** HAProxy's verdict. */
export interface Verdict {
  readonly outcome: "refuses" | "warns" | "is silent";
  /** Its own words. */
  readonly text: string;
}

/** The files, `haproxy.cfg` among them; `DIR/` in a text becomes the folder that they are in. */
export async function verdictOf(build: HaproxyBuild, files: Readonly<Record<string, string>>): Promise<Verdict> {
  const dir = await Deno.makeTempDir({ prefix: "happi-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(`${dir}/${name}`, content.replaceAll("DIR/", `${dir}/`));
    }
    const [program = "", ...args] = build.command;
    const command = new Deno.Command(program, { args: [...args, "-c", "-f", `${dir}/haproxy.cfg`] });
    const { success, stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    // 2.6 and 3.0 crash on some configurations, which is a refusal too.
    return { outcome: !success ? "refuses" : text.includes("[WARNING]") ? "warns" : "is silent", text };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** A `haproxy.cfg` that an engine `e` of `spoe.conf` with backend `be` fits. */
export function haproxyConfig(
  build: HaproxyBuild,
  { mode, global = "", frontend = "", backend = "", filter = "engine e", frontendMode = "http" }: {
    readonly mode?: string;
    readonly global?: string;
    readonly frontend?: string;
    readonly backend?: string;
    readonly filter?: string;
    readonly frontendMode?: string;
  } = {},
): string {
  const isOld = build.version === "2.6" || build.version === "3.0";
  return `global
  ${global}
defaults
  timeout client 5s
  timeout server 3m
  timeout connect 2s
frontend web
  mode ${frontendMode}
  bind 127.0.0.1:1
  filter spoe ${filter} config DIR/spoe.conf
  ${frontend}
backend be
  mode ${mode ?? (isOld ? "tcp" : "spop")}
  ${backend}
  server s1 127.0.0.1:3000
`;
}
