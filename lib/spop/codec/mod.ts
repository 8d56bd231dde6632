/**
 * SPOP on the wire: pure, no I/O.
 *
 * @module
 */
export {
  type Action,
  readActions,
  type Scope,
  SCOPES,
  SET_VAR,
  UNSET_VAR,
  writeSetVar,
  writeUnsetVar,
} from "./action.ts";
export { Cidr } from "./cidr.ts";
export { type Disconnect, readDisconnect, writeDisconnect } from "./disconnect.ts";
export { Fragments, type FragmentState } from "./fragments.ts";
export {
  ABORT,
  beginFrame,
  endFrame,
  FIN,
  FRAME_TYPES,
  FrameHeader,
  type FrameType,
  LENGTH_BYTES,
  MIN_FRAME,
  MIN_MAX_FRAME,
  readFrame,
  writeNoIds,
} from "./frame.ts";
export { decodeHeaders } from "./headers.ts";
export {
  type AgentHello,
  type HaproxyHello,
  negotiate,
  readAgentHello,
  readHaproxyHello,
  VERSION,
  writeAgentHello,
  writeHaproxyHello,
} from "./hello.ts";
export { Ip } from "./ip.ts";
export { InvalidIp } from "./ip_text.ts";
export { readKeyValues, writeKeyValues } from "./key_values.ts";
export { type Argument, type OutgoingMessage, type PlainMessage, readMessages, writeMessage } from "./messages.ts";
export { INCOMPLETE, type Incomplete, type Invalid, invalid } from "./outcome.ts";
export { decodeText, Reader } from "./reader.ts";
export { isStatusCode, STATUS_MESSAGES, type StatusCode, statusMessage } from "./status.ts";
export {
  InvalidValue,
  readTyped,
  readValue,
  type Sendable,
  skipValue,
  type Typed,
  typed,
  type Value,
  VALUE_TYPES,
  type ValueType,
  writeValue,
} from "./typed.ts";
export { MAX_VARINT_BYTES, readVarint, skipVarint, varintSize, writeVarint, writeVarint64 } from "./varint.ts";
export { Writer } from "./writer.ts";
