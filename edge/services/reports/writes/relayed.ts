import type { SQL } from 'drizzle-orm';
import { fact } from '../../../events/append.ts';
import { answerCall } from './answer-call.ts';
import {
  factTarget,
  reported,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

/** An event as the runner reported it, and nothing beside it but the answer to a call that was rejected. */
export function relayed(write: WriteContext, report: ReportOf<'relayed'>): SQL {
  const { event, timestamp } = report;
  const stated = fact(event.type, {
    ...reported(write, { occurredAt: timestamp }),
    data: event.data,
  });
  const answer =
    event.type === 'call.received' && event.data.rejected && !event.data.isGroup
      ? answerCall(write, event.data.from.id)
      : [];
  return writeStatement(write, [factTarget(write), ...answer], stated);
}
