/**
 * The process as a whole: `show info`, its version, what it can do (management guide, 9.3 "show info", "show version",
 * "help").
 */
import { cli } from "../../socket/mod.ts";
import { type Capability, parseHelp } from "../formats/help.ts";
import { type Info, parseInfo } from "../formats/info.ts";
import { parseTypedInfo, type TypedField } from "../formats/typed.ts";
import { parseVersion, type Version } from "../formats/version.ts";
import type { Rows } from "../method.ts";
import { flag, settings } from "../parameter.ts";

/** Methods that read about the process. */
export interface InfoMethods {
  /**
   * Reads what HAProxy says about its process: version, uptime in seconds, limits, connections, rates a second.
   *
   * @param options whether rates have a fraction
   * @returns the values by HAProxy's names
   */
  getInfo(options?: InfoOptions): Promise<Info>;

  /**
   * Reads the same with type, origin, nature and scope of each value.
   *
   * @param options whether HAProxy's explanation of each value comes with it
   * @returns the values in HAProxy's order
   */
  getInfoTyped(options?: InfoTypedOptions): Promise<TypedField[]>;

  /** Reads the version of the process. @returns its text and its parts */
  getVersion(): Promise<Version>;

  /**
   * Reads which commands HAProxy knows, from its own `help`: the only sure way to tell what it can do, since
   * distributions bring newer commands into older versions. It lists them whatever the socket's level allows.
   *
   * @returns a command each, with arguments and description in HAProxy's words
   */
  getHelp(): Promise<Capability[]>;
}

/** Settings of {@linkcode InfoMethods.getInfo}. */
export interface InfoOptions {
  /** Rates and ratios with a fraction. */
  readonly float?: boolean;
}

/** Settings of {@linkcode InfoMethods.getInfoTyped}. */
export interface InfoTypedOptions extends InfoOptions {
  /** HAProxy's explanation of each value. */
  readonly description?: boolean;
}

const float = flag("float", "rates and ratios with a fraction");
const plainRead = { kind: "command", since: "2.6", level: "user", effect: "read" } as const;

/** The rows of {@linkcode InfoMethods}. */
export const infoMethods: Rows<InfoMethods> = {
  getInfo: {
    ...plainRead,
    summary: "Version, uptime, limits, connections and rates of the process",
    parameters: [settings<InfoOptions>({ float })],
    command: (options) => cli`show info ${options?.float ? "float" : undefined}`,
    parse: parseInfo,
  },
  getInfoTyped: {
    ...plainRead,
    summary: "The same with type, origin, nature and scope of each value",
    parameters: [
      settings<InfoTypedOptions>({ float, description: flag("description", "HAProxy's explanation of each value") }),
    ],
    command: (options) =>
      cli`show info typed ${[...(options?.description ? ["desc"] : []), ...(options?.float ? ["float"] : [])]}`,
    parse: parseTypedInfo,
  },
  getVersion: {
    ...plainRead,
    summary: "The version of the process, whole and in parts",
    parameters: [],
    command: () => "show version",
    parse: parseVersion,
  },
  getHelp: {
    ...plainRead,
    summary: "The commands that this HAProxy knows",
    parameters: [],
    command: () => "help",
    parse: parseHelp,
  },
};
