/**
 * What `deno task demo --check` asks happi, and how it knows that an answer is right.
 *
 * @module
 */

/** One question over HTTP. */
export interface Question {
  readonly request: { readonly path: string; readonly method?: string; readonly body?: string };
  /** What a right answer is, in words. */
  readonly expected: string;
  isRight(status: number, text: string): boolean;
}

const SERVER = "/api/v1/backends/be_web/servers/s1";

/** The questions, in order: each may rely on what the ones before it did. */
export const QUESTIONS: readonly Question[] = [
  {
    request: { path: "/healthz" },
    expected: "status 200",
    isRight: (status) => status === 200,
  },
  {
    request: { path: "/readyz" },
    expected: "status 200, because HAProxy answers",
    isRight: (status) => status === 200,
  },
  {
    request: { path: "/api/v1/servers/state/" },
    expected: "HAPPI's envelope with the servers of be_web",
    isRight: (status, text) => {
      const { code, data } = JSON.parse(text);
      return status === 200 && code === 200 &&
        data.servers.filter((one: { be_name: string }) => one.be_name === "be_web").length === 3;
    },
  },
  {
    request: { path: "/api/v1/info" },
    expected: "what `show info` says",
    isRight: (status, text) => status === 200 && JSON.parse(text).Name === "HAProxy",
  },
  {
    request: { path: `${SERVER}/drain`, method: "POST", body: '{"timeout_ms": 5000}' },
    expected: "the server is drained",
    isRight: (status, text) => status === 200 && JSON.parse(text).drained === true,
  },
  {
    request: { path: "/api/v1/stats?proxy=be_web&type=server&fields=svname,status" },
    expected: "s1 in state DRAIN",
    isRight: (status, text) => {
      const rows = JSON.parse(text);
      return status === 200 &&
        rows.some((row: { svname: string; status: string }) => row.svname === "s1" && row.status.startsWith("DRAIN"));
    },
  },
  {
    request: { path: SERVER, method: "PATCH", body: '{"state": "ready"}' },
    expected: "status 200: s1 takes traffic again",
    isRight: (status) => status === 200,
  },
  {
    request: { path: "/api/v1/backends/nope/servers" },
    expected: "status 404, because there is no such backend",
    isRight: (status) => status === 404,
  },
];
