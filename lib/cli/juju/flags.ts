/**
 * Arguments and options that both of `happi juju`'s commands have.
 */
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { path, word } from "../values.ts";

/** The endpoint. */
export const endpoint = argument(word("ENDPOINT"), {
  description: message`The endpoint's name in the charm's metadata.yaml, such as website`,
});

/** `--flags`. */
export const flags = optional(option("--flags", path("DIR"), {
  description: message`Keep flags as files in this directory, such as ENDPOINT.available`,
}));
