import assert from "node:assert/strict";
import { readWrk } from "../../../scripts/bench/spop/http_load.ts";

/** As wrk 4.1.0 printed it. */
const PRINTED = `Running 2s test @ http://127.0.0.1:18080/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   829.31us  592.33us  10.02ms   87.90%
    Req/Sec    40.30k     3.37k   45.04k    70.00%
  Latency Distribution
     50%  706.00us
     75%    0.98ms
     90%    1.34ms
     99%    3.16ms
  80214 requests in 2.00s, 4.90MB read
Requests/sec:  40101.53
Transfer/sec:      2.45MB
`;

Deno.test("readWrk() reads requests, their rate and the 99th percentile", () => {
  assert.deepEqual(readWrk(PRINTED), { requests: 80_214, requestsPerSecond: 40_101.53, p99Ms: 3.16, refused: 0 });
});

Deno.test("readWrk() counts answers that were refused, and knows other units of time", () => {
  const text = PRINTED.replace("99%    3.16ms", "99%  250.00us").replace(
    "Requests/sec",
    "  Non-2xx or 3xx responses: 12\nRequests/sec",
  );
  const { refused, p99Ms } = readWrk(text);
  assert.deepEqual([refused, p99Ms], [12, 0.25]);
  assert.equal(readWrk(PRINTED.replace("3.16ms", "1.50s")).p99Ms, 1500);
});

Deno.test("readWrk() does not take another text for figures", () => {
  assert.throws(() => readWrk("unable to connect\n"), /^Error: Cannot measure: wrk printed "unable to connect"$/);
});
