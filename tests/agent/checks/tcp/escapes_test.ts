import assert from "node:assert/strict";
import { unescapeBytes } from "../../../../lib/agent/checks/tcp/escapes.ts";

Deno.test("unescapeBytes() knows the escapes of C and leaves all else as UTF-8", () => {
  assert.deepEqual([...unescapeBytes("a\\r\\n\\t\\0\\\\\\x00\\xfF") ?? []], [97, 13, 10, 9, 0, 92, 0, 255]);
  assert.deepEqual([...unescapeBytes("é€") ?? []], [0xc3, 0xa9, 0xe2, 0x82, 0xac]);
  assert.deepEqual([...unescapeBytes("") ?? []], []);
});

Deno.test("unescapeBytes() refuses other escapes", () => {
  for (const text of ["\\q", "\\", "a\\x1", "\\xzz", "\\\\\\"]) assert.equal(unescapeBytes(text), undefined, text);
});
