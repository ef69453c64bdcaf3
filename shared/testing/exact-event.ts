import { parseEvent, type PublicEvent } from '../catalogue/events/index.ts';

/**
 * An event that fits its row and has nothing that the row does not name. Clients have to live with new fields; tests must
 * not, or the catalogue falls behind.
 * @throws when it does not fit
 */
export function parseExactEvent(json: unknown): PublicEvent {
  const event = parseEvent(json);
  const unnamed = missingIn(event, json);
  if (unnamed.length > 0)
    throw new Error(`the catalogue does not name ${unnamed.join(', ')} of ${event.type}`);
  return event;
}

/** Paths of what is in `given` and not in `known`. */
function missingIn(known: unknown, given: unknown, path = ''): string[] {
  if (typeof given !== 'object' || given === null) return [];
  const kept: Record<string, unknown> = { ...Object(known) };
  return Object.entries(given).flatMap(([key, value]) =>
    key in kept ? missingIn(kept[key], value, `${path}${key}.`) : [`${path}${key}`],
  );
}
