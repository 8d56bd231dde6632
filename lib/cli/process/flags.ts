/**
 * Options that several of `happi process`'s commands have.
 */
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { path, word } from "../values.ts";

/** `--api`. */
export const api = optional(option("--api", word("URL"), {
  description: message`The keeper's API. Else HAPPI_API, else http://127.0.0.1:5000`,
}));

/** `--admin-token-file`. */
export const adminTokenFile = optional(option("--admin-token-file", path("FILE"), {
  description:
    message`The file with the admin token, which defining processes and writing to them needs. Else HAPPI_ADMIN_TOKEN`,
}));

/** `--json`. */
export const json = option("--json", { description: message`Everything, as JSON` });

/** What names a Procfile and what it is run with. */
export const project = {
  procfile: optional(option("-f", "--procfile", path("FILE"), { description: message`The Procfile (Procfile)` })),
  directory: optional(option("-d", "--directory", path("DIR"), {
    description: message`The folder of the Procfile and of its processes (.)`,
  })),
  env: multiple(option("-e", "--env", path("FILE"), {
    description: message`A file of KEY=VALUE lines, read after DIR/.env; may be repeated`,
  })),
  concurrency: multiple(option("-c", "--concurrency", word("NAME=N"), {
    description: message`How many of which, such as web=2,worker=0 or all=2 (1); may be repeated`,
  })),
};

/** What the options of {@linkcode project} read. */
export interface ProjectFlags {
  readonly procfile?: string | undefined;
  readonly directory?: string | undefined;
  readonly env: readonly string[];
  readonly concurrency: readonly string[];
}
