/**
 * Frames kept as files, and sent again.
 *
 * @module
 */
export {
  InvalidRecording,
  readRecording,
  type RecordedFrame,
  recordingHead,
  recordingLine,
  type Side,
} from "./file.ts";
export { type Recorder, recordFrames, type RecordOptions } from "./record.ts";
export { type ReplayDifference, replayFrames, type ReplayOptions, type ReplayReport } from "./replay.ts";
