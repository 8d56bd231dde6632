/**
 * The system calls that the epoll loop makes, through the C library (Linux; needs the ffi permission).
 *
 * Hot path: `epoll_wait`, `recv` and `send` are declared with 32-bit numbers only, so that V8 calls them without a detour.
 */
import { reason } from "../../errors.ts";
import { InvalidAgent } from "../errors.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const ERRNO = { __errno_location: { parameters: [], result: "pointer" } } as const;
const MUSL_ERRNO = { ___errno_location: { parameters: [], result: "pointer" } } as const;

/** The calls. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] & {
  /** Why the last call failed; only right after it. */
  errno(): number;
};

/** Reasons that calls fail for, of those that matter here. */
export const ERRORS = { EINTR: 4, EAGAIN: 11, EADDRINUSE: 98, EACCES: 13, ENOENT: 2 } as const;

let opened: Libc | undefined;

/**
 * Opens the C library, once.
 *
 * @throws {InvalidAgent} when this is not Linux, or the ffi permission is missing
 */
export function openLibc(): Libc {
  return opened ??= open();
}

function open(): Libc {
  if (Deno.build.os !== "linux") throw new InvalidAgent("Cannot listen with epoll: only Linux has it");
  const failures: string[] = [];
  for (const [name, errnoSymbols] of LIBRARIES) {
    try {
      const { symbols } = Deno.dlopen(name, SYMBOLS);
      const location = Object.values(Deno.dlopen(name, errnoSymbols).symbols)[0];
      if (location === undefined) continue;
      return { ...symbols, errno: () => readInt(location()) };
    } catch (thrown) {
      failures.push(reason(thrown));
    }
  }
  throw new InvalidAgent(`Cannot listen with epoll: ${failures[0] ?? "there is no C library"}`);
}

const LIBRARIES: readonly (readonly [string, typeof ERRNO | typeof MUSL_ERRNO])[] = [
  ["libc.so.6", ERRNO],
  [`libc.musl-${Deno.build.arch}.so.1`, MUSL_ERRNO],
];

function readInt(pointer: Deno.PointerValue): number {
  return pointer === null ? 0 : new Deno.UnsafePointerView(pointer).getInt32();
}
