/**
 * `happi version`: which happi, on which Deno, on which machine.
 */
import { object } from "@optique/core/constructs";
import { EXIT } from "../exit_status.ts";
import { leaf } from "../leaf.ts";
import { VERSION } from "../version.ts";

/** The leaf of `happi version`. */
export const versionLeaf = leaf({
  path: "version",
  usage: "",
  summary: "Show happi's version",
  parser: object({}),
  async run({ stdout }) {
    const { os, arch } = Deno.build;
    await stdout.write(`happi ${VERSION} (Deno ${Deno.version.deno}, ${os} ${arch})\n`);
    return EXIT.done;
  },
});
