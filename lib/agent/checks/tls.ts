/**
 * The options by which checks speak TLS. Files are read at each run, so that a renewed certificate is used at once.
 */
import { CheckFailed, InvalidCheck } from "../errors.ts";
import type { TlsOptions } from "../target/connect.ts";
import { configOnly, flag, optional, type OptionValues, text } from "./options.ts";

/** To be spread into a kind's table of options. */
export const TLS_OPTIONS = {
  insecure: optional(flag, "whether any certificate will do", false),
  serverName: optional(text(253), "the name that is asked for and looked for in the certificate"),
  caFile: configOnly(optional(text(4096), "a PEM file with the authorities to trust instead of the well-known ones")),
  certFile: configOnly(
    optional(text(4096), "a PEM file with the certificate to show, and its key if keyFile is not given"),
  ),
  keyFile: configOnly(optional(text(4096), "a PEM file with the key of the certificate to show")),
};

/** What {@linkcode TLS_OPTIONS} are read as. */
export type TlsSettings = OptionValues<typeof TLS_OPTIONS>;

/**
 * Refuses options of TLS where none is spoken: who gives them believes that it is.
 *
 * @param check its kind, for the message
 * @param settings the options as they were read
 * @param isTls whether TLS is spoken
 * @throws {InvalidCheck} at the first that is given
 */
export function refuseIdleTls(check: string, settings: TlsSettings, isTls: boolean): void {
  const given = (["insecure", "serverName", "caFile", "certFile", "keyFile"] as const).find((name) => settings[name]);
  if (isTls || given === undefined) return;
  throw new InvalidCheck(check, `option "${given}" is given and TLS is not spoken`);
}

/**
 * Reads the files.
 *
 * @param settings the options as they were read
 * @returns what a connection needs
 * @throws {CheckFailed} when a file cannot be read
 */
export async function readTls(settings: TlsSettings): Promise<TlsOptions> {
  const [ca, cert, key] = await Promise.all([settings.caFile, settings.certFile, settings.keyFile].map(readPem));
  return {
    insecure: settings.insecure,
    ...(settings.serverName === undefined ? {} : { sni: settings.serverName }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key: key ?? cert }),
  };
}

async function readPem(path: string | undefined): Promise<string | undefined> {
  try {
    return path === undefined ? undefined : await Deno.readTextFile(path);
  } catch (thrown) {
    const why = thrown instanceof Deno.errors.NotFound ? "there is no such file" : "it may not be read";
    throw new CheckFailed(`Cannot read "${path}": ${why}`, thrown);
  }
}
