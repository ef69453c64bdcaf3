import {
  EVENT_TYPES,
  eventTypeOf,
  type PublicEvent,
  sampleEvent,
} from '../../../shared/catalogue/events/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { requireScope } from '../keys/require-scope.ts';

/**
 * An event of this type, made up, as a receiver who subscribed by that name would get it.
 * @throws AppError NOT_FOUND with `details.types` for a name that is neither a type nor an alias
 */
export function getEventSample({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { type: string };
}): PublicEvent {
  requireScope(ctx, 'events:read');
  const type = eventTypeOf(input.type);
  if (type === undefined)
    throw new AppError('NOT_FOUND', `There is no event type "${input.type}".`, {
      types: EVENT_TYPES,
    });
  return sampleEvent(type, input.type);
}
