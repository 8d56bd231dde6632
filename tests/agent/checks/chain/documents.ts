/**
 * Documents of real chain APIs, shortened in nothing but lists, with the numbers that a test wants.
 */

/** EOS mainnet's. */
export const CHAIN_ID = "aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906";
export const OTHER_CHAIN_ID = "73e4385a2708e6d7048834fbc1079f2fabb17b3c125b146af438971e90716c4d";

/** nodeos' way to write a time. */
export function nodeosTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "");
}

/** nodeos 5: `GET /v1/chain/get_info`. */
export function getInfo(headMs: number, overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    server_version: "d133c641",
    chain_id: CHAIN_ID,
    head_block_num: 263148621,
    last_irreversible_block_num: 263148296,
    last_irreversible_block_id: "0faf53c8d7a9c4a4e0f6f0d1d1b5a3f2b8b2c5d4e6f708192a3b4c5d6e7f8091",
    head_block_id: "0faf550d1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5",
    head_block_time: nodeosTime(headMs),
    head_block_producer: "eosswedenorg",
    virtual_block_cpu_limit: 200000000,
    virtual_block_net_limit: 1048576000,
    block_cpu_limit: 199900,
    block_net_limit: 1048576,
    server_version_string: "v5.0.2",
    fork_db_head_block_num: 263148621,
    fork_db_head_block_id: "0faf550d1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5",
    server_full_version_string: "v5.0.2-d133c6413ce8ce2e96096a0513ec25b4a8dbe837",
    total_cpu_weight: "383936143286171",
    total_net_weight: "96032284127043",
    earliest_available_block_num: 240000000,
    last_irreversible_block_time: nodeosTime(headMs - 162_500),
    ...overrides,
  };
}

/** nodeos' error, here that of `http-validate-host`. */
export const NODEOS_ERROR = {
  code: 500,
  message: "Internal Service Error",
  error: {
    code: 3010008,
    name: "abi_not_found_exception",
    what: "No ABI found",
    details: [{ message: "nothing here", file: "http_plugin.cpp", line_number: 954, method: "handle_exception" }],
  },
};

/** Hyperion 3: `GET /v2/health`. */
export function hyperionHealth(indexed: unknown, head: unknown): Record<string, unknown> {
  return {
    version: "3.3.9-8",
    version_hash: "028d5a34463884fcbe2ecfd3c0fcb3b5d4d538f4fd64803c1ef7209c85f2f266",
    host: "wax.eosusa.io",
    health: [
      { service: "RabbitMq", status: "OK", time: 1642174781670 },
      {
        service: "NodeosRPC",
        status: "OK",
        service_data: {
          head_block_num: head,
          head_block_time: "2022-08-17T14:16:36.000",
          time_offset: 190,
          last_irreversible_block: 263148296,
          chain_id: CHAIN_ID,
        },
        time: 1642174781678,
      },
      {
        service: "Elasticsearch",
        status: "OK",
        service_data: { last_indexed_block: indexed, total_indexed_blocks: indexed, active_shards: "100.0%" },
        time: 1642174781736,
      },
    ],
    features: { streaming: { enable: true, traces: true, deltas: true }, tables: { proposals: true } },
    cached: false,
    query_time_ms: 4.262,
  };
}

/** What an AtomicAssets API says of itself. */
export interface AtomicParts {
  readonly postgres?: string;
  readonly redis?: string;
  readonly head_time?: unknown;
}

/** AtomicAssets: `GET /health`. */
export function atomicHealth({ postgres = "OK", redis = "OK", head_time }: AtomicParts): Record<string, unknown> {
  return {
    success: true,
    data: {
      version: "1.3.22",
      postgres: { status: postgres, readers: [{ block_num: "263148621" }] },
      redis: { status: redis },
      chain: { status: "OK", head_block: 263148621, ...(head_time === undefined ? {} : { head_time }) },
    },
    query_time: 1759953929542,
  };
}

/** A page of a proxy whose backend is gone. */
export const PROXY_PAGE = "<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>\n";
