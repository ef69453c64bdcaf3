import type { SQL } from 'drizzle-orm';
import { fact } from '../../../events/append.ts';
import {
  factTarget,
  reported,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

/** An event as the runner reported it, and nothing beside it. */
export function relayed(write: WriteContext, report: ReportOf<'relayed'>): SQL {
  const { event, timestamp } = report;
  const stated = fact(event.type, {
    ...reported(write, { occurredAt: timestamp }),
    data: event.data,
  });
  return writeStatement(write, [factTarget(write)], stated);
}
