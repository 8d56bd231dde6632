/**
 * All the kinds of checks there are: a row each, in the order of the help.
 */
import type { CheckKind } from "../check.ts";
import { ATOMIC } from "./chain/atomic.ts";
import { CHAIN_ID } from "./chain/chain_id.ts";
import { DEBUG } from "./chain/debug.ts";
import { ETH } from "./chain/eth.ts";
import { LIB } from "./chain/lib.ts";
import { PEERS } from "./chain/peers.ts";
import { V1 } from "./chain/v1.ts";
import { V2 } from "./chain/v2.ts";
import { ALL, ANY } from "./combined.ts";
import { COMMAND } from "./command.ts";
import { FILE } from "./file.ts";
import { GRPC } from "./grpc.ts";
import { HTTP } from "./http.ts";
import { LOAD } from "./load.ts";
import { POSTGRES } from "./postgres.ts";
import { REDIS } from "./redis.ts";
import { TCP } from "./tcp.ts";

/** Every kind. */
export const CHECK_KINDS: readonly CheckKind[] = [
  V1,
  V2,
  ATOMIC,
  LIB,
  CHAIN_ID,
  PEERS,
  ETH,
  DEBUG,
  HTTP,
  TCP,
  GRPC,
  COMMAND,
  LOAD,
  REDIS,
  POSTGRES,
  FILE,
  ALL,
  ANY,
];
