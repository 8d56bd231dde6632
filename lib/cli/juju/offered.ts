/**
 * The services that units offer: by the http interface, or as the haproxy charm understands them.
 */
import {
  legacyPicture,
  legacyServices,
  type RelationUnit,
  requiredServices,
  type Service,
} from "../../services/mod.ts";

/** What is offered, and what a person should know of it. */
export interface Offered {
  readonly services: readonly Service[];
  /** Sentences about what could not be used. */
  readonly notes: readonly string[];
}

/**
 * Reads what units say.
 *
 * @param isLegacy whether their `services`, `service_name` and `sitenames` count
 */
export async function offeredServices(units: readonly RelationUnit[], isLegacy: boolean): Promise<Offered> {
  if (!isLegacy) return { services: requiredServices(units), notes: [] };
  const { services, left_out } = await legacyServices(units);
  return { services: legacyPicture(services), notes: left_out.map(({ unit, why }) => `${unit} is left out: ${why}`) };
}
