/**
 * What is known of running processes from the system, in the words of the seed's API (gaffer's HTTP guide, "stats").
 *
 * Field names are gaffer's own. Numbers are 0 where nothing runs.
 */

/** One process of the operating system, as the system sees it. */
export interface ProcessInfo {
  /** Resident memory, short: `12M`. */
  readonly mem_info1: string;
  /** Virtual memory, short. */
  readonly mem_info2: string;
  /** In percent of one processor. */
  readonly cpu: number;
  /** In percent of the machine's memory, to one decimal. */
  readonly mem: number;
  /** Processor time, `M:SS.cc`. */
  readonly ctime: string;
  /** The system's number. */
  readonly pid: number;
  readonly username: string;
  readonly nice: number | string;
  /** The program's file name, without its folder. */
  readonly cmdline: string;
  /** Resident memory in bytes; this and what follows the seed does not tell. */
  readonly rss_bytes: number;
  readonly threads: number;
  /** In milliseconds since 1970; of children too. */
  readonly started_at: number;
  readonly children: readonly ProcessInfo[];
}

/** All processes of one definition. */
export interface TemplateStats {
  readonly name: string;
  /** One each, `id` is happi's own number. */
  readonly stats: readonly (ProcessInfo & { readonly id: number })[];
  readonly mem: number;
  readonly max_mem: number;
  readonly min_mem: number;
  readonly cpu: number;
  readonly max_cpu: number;
  readonly min_cpu: number;
}

/** Where facts are had. */
export interface ProcessFacts {
  /** @throws {ProcessNotFound} when it has ended */
  process(osPid: number): Promise<ProcessInfo>;
  /** @throws {ProcessNotFound} when there is no definition of that name */
  template(name: string): Promise<TemplateStats>;
}
