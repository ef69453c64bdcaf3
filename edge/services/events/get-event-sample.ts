import {
  EVENT_TYPES,
  eventTypeOf,
  type PublicEvent,
  sampleEvent,
} from '../../../shared/catalogue/events/index.ts';
import { AppError } from '../../../shared/errors.ts';

/**
 * An event of this type, made up, as a receiver who subscribed by that name would get it.
 * @throws AppError NOT_FOUND with `details.types` for a name that is neither a type nor an alias
 */
export function getEventSample({ input }: { input: { type: string } }): PublicEvent {
  const type = eventTypeOf(input.type);
  if (type === undefined)
    throw new AppError('NOT_FOUND', `There is no event type "${input.type}".`, {
      types: EVENT_TYPES,
    });
  return sampleEvent(type, input.type);
}
