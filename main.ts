#!/usr/bin/env -S deno run -A
/** The program `happi`. */
import { processEnvironment, run } from "./lib/cli/mod.ts";

if (import.meta.main) Deno.exit(await run(processEnvironment()));
