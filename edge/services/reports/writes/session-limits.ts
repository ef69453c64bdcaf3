import { type SQL, sql } from 'drizzle-orm';
import { fact } from '../../../events/append.ts';
import {
  isNews,
  ownedTarget,
  reported,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

/** What WhatsApp limits the session's number to. An event when it is another than before, and no news when there is no limit yet. */
export function sessionLimits(write: WriteContext, report: ReportOf<'session.limits'>): SQL {
  const { limits } = report;
  const given = sql`${JSON.stringify(limits)}::jsonb`;
  const isLimited =
    (limits.newChats !== null && limits.newChats.status !== 'none') ||
    limits.timeLock?.active === true;
  const change = [
    ownedTarget(write),
    sql`was as (
      select session.whatsapp_limits as limits from sessions session, target where session.id = target.id
    )`,
    sql`moved as (
      update sessions session set whatsapp_limits = ${given}, updated_at = now()
      from target
      where session.id = target.id and ${isNews(write)}
        and session.whatsapp_limits is distinct from ${given}
      returning session.id
    )`,
  ];
  const event = fact('session.limits', {
    ...reported(write, {
      beside: sql`join moved on moved.id = target.id
        join was on was.limits is not null or ${isLimited}::boolean`,
    }),
    data: { whatsapp: limits },
  });
  return writeStatement(write, change, event);
}
