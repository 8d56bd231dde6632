/**
 * Sources of truth about services: the configuration, files, DNS, HTTP, Consul, etcd.
 *
 * @module
 */
export type { HttpOptions } from "./asker.ts";
export { type ConsulOptions, consulSource } from "./consul.ts";
export { type DnsName, type DnsOptions, dnsSource } from "./dns.ts";
export type { NameServer, Resolver } from "./dns/ask.ts";
export type { DnsAnswer, DnsRecord, RecordType } from "./dns/message.ts";
export { SourceFailed } from "./errors.ts";
export { type EtcdOptions, etcdSource } from "./etcd.ts";
export { type FileOptions, fileSource } from "./file.ts";
export type { FileFormat } from "./formats.ts";
export { httpSource, type HttpSourceOptions } from "./http.ts";
export { makeSource, type SourceConfig, type SourceKinds } from "./make.ts";
export { readPicture } from "./picture_document.ts";
export type { SourceOptions } from "./rounds.ts";
export { type StaticOptions, staticSource } from "./static.ts";
export type { ThrottleOptions } from "./throttle.ts";
