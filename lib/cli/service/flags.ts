/**
 * Options that several of `happi service`'s commands have.
 */
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { word } from "../values.ts";

/** `--api`. */
export const api = optional(option("--api", word("URL"), {
  description: message`The services' HTTP API. Else HAPPI_API, else http://127.0.0.1:5084, else http://127.0.0.1:5080`,
}));

/** `--json`. */
export const json = option("--json", { description: message`Everything, as JSON` });
