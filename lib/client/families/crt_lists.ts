/**
 * crt-lists: which certificate answers which server name on a bind line (management guide, 9.3 "show ssl crt-list",
 * "add ssl crt-list", "del ssl crt-list").
 */
import { cli } from "../../socket/mod.ts";
import { InvalidArgument } from "../errors.ts";
import { type CrtList, parseCrtList, parseCrtLists } from "../formats/crt_list.ts";
import { type Rows, words } from "../method.ts";
import { file as fileName, integer, list as texts, optional, settings, text } from "../parameter.ts";

/** Methods that read and change crt-lists. A list is named as `getCrtLists` names it: by its full path. */
export interface CrtListMethods {
  /** Reads the names of all crt-lists. */
  getCrtLists(): Promise<string[]>;

  /**
   * Reads the lines of a crt-list: certificate, options, server names.
   *
   * @param list the crt-list
   * @throws {NotFound} when there is no such list
   */
  getCrtList(list: string): Promise<CrtList>;

  /**
   * Adds a line to a crt-list, as in the file: the certificate is served for these names at once. HAProxy takes the same
   * line twice.
   *
   * @param list the crt-list
   * @param certificate a certificate that HAProxy holds: see `addCertificate`
   * @param options TLS options of the line, and server names; without names the certificate's own count
   * @returns HAProxy's words
   * @throws {NotFound} when there is no such list or certificate
   */
  addToCrtList(list: string, certificate: string, options?: AddToCrtListOptions): Promise<string>;

  /**
   * Removes a line from a crt-list.
   *
   * @param list the crt-list
   * @param certificate the certificate of the line
   * @param line the line's number, which is needed when the certificate is listed more than once
   * @returns HAProxy's words
   * @throws {NotFound} when there is no such list or line
   */
  delFromCrtList(list: string, certificate: string, line?: number): Promise<string>;
}

/** Settings of {@linkcode CrtListMethods.addToCrtList}. */
export interface AddToCrtListOptions {
  /** What stands in square brackets, such as `alpn h2,http/1.1 verify none`. */
  readonly ssl?: string;
  /** Server names, `*.` for wildcards, `!` in front for all but these. */
  readonly filters?: readonly string[];
}

const list = fileName("list", "the crt-list, as get_crt_lists lists it");
const certificate = fileName("certificate", "the certificate's name");

/** The rows of {@linkcode CrtListMethods}. */
export const crtListMethods: Rows<CrtListMethods> = {
  getCrtLists: {
    kind: "command",
    summary: "Names of all crt-lists",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [],
    command: () => "show ssl crt-list",
    parse: parseCrtLists,
  },
  getCrtList: {
    kind: "command",
    summary: "The lines of a crt-list: certificate, options, server names",
    since: "2.6",
    level: "admin",
    effect: "read",
    parameters: [list],
    command: (name) => cli`show ssl crt-list -n ${name}`,
    parse: parseCrtList,
  },
  addToCrtList: {
    kind: "command",
    summary: "Add a line to a crt-list, with TLS options and server names",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      list,
      certificate,
      settings<AddToCrtListOptions>({
        ssl: text("ssl", 'TLS options, such as "alpn h2,http/1.1 verify none"', "TEXT"),
        filters: texts("filters", "server names"),
      }),
    ],
    command: (name, store, options) =>
      isPlain(options) ? cli`add ssl crt-list ${name} ${store}` : cli`add ssl crt-list ${name}`,
    send: (_name, store, options) => isPlain(options) ? {} : { payload: crtListLine(store, options) },
    parse: words,
  },
  delFromCrtList: {
    kind: "command",
    summary: "Remove a line from a crt-list",
    since: "2.6",
    level: "admin",
    effect: "change",
    parameters: [
      list,
      certificate,
      optional(integer("line", "the line's number, needed when the certificate is listed twice", 1, 0x7fffffff)),
    ],
    command: (name, store, line) => cli`del ssl crt-list ${name} ${line === undefined ? store : `${store}:${line}`}`,
    parse: words,
  },
};

function isPlain(options: AddToCrtListOptions | undefined): boolean {
  return !options?.ssl && !options?.filters?.length;
}

/** A line as in the file. It knows no escapes, so what would be read as something else is refused. */
function crtListLine(certificate: string, { ssl, filters = [] }: AddToCrtListOptions = {}): string {
  check("certificate", certificate, /[\s[\]]|^#/, "a crt-list cannot express blanks and brackets in a name");
  if (ssl !== undefined) check("ssl", ssl, /[[\]]/, "the brackets around it are added");
  for (const filter of filters) check("filters", filter, /[\s[\]]|^#|^$/, "a server name has no blanks and brackets");
  return [certificate, ...(ssl ? [`[${ssl.trim()}]`] : []), ...filters].join(" ");
}

function check(parameter: string, value: string, forbidden: RegExp, why: string): void {
  if (forbidden.test(value)) throw new InvalidArgument(parameter, value, why);
}
