/**
 * Addresses to connect to and to listen on; listening and accepting.
 *
 * @module
 */
export { Acceptor, type AcceptorOptions } from "./acceptor.ts";
export { type Address, formatAddress, InvalidAddress, isLoopback, parseAddress } from "./address.ts";
export {
  CannotListen,
  canReusePort,
  listenStream,
  type ListenStreamOptions,
  removeStaleSocket,
  SOCKET_MODE,
  type StreamListener,
} from "./listen.ts";
