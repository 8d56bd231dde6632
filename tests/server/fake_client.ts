/**
 * A client whose methods are the test's own: it speaks with nobody.
 *
 * @module
 */
import { Client } from "../../lib/client/mod.ts";

/** Methods of the client by name, as far as a test needs them. */
export type Methods = Partial<Record<Exclude<keyof Client, "with" | "close" | "socket" | "call">, unknown>>;

/**
 * Makes a client.
 *
 * @param methods what its methods do; they are called without the arguments' checks
 * @returns a client; one with other options is told to `onWith`
 */
export function fakeClient(
  methods: Methods,
  onWith: (options: Parameters<Client["with"]>[0]) => void = () => {},
): Client {
  return new FakeClient(methods, onWith);
}

class FakeClient extends Client {
  readonly #onWith: (options: Parameters<Client["with"]>[0]) => void;

  constructor(methods: Methods, onWith: (options: Parameters<Client["with"]>[0]) => void) {
    super("/run/nobody-listens-here.sock");
    this.#onWith = onWith;
    Object.assign(this, methods);
  }

  override with(options: Parameters<Client["with"]>[0]): Client {
    this.#onWith(options);
    return this;
  }
}
