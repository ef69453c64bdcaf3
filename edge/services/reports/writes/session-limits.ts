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

/** What WhatsApp limits the session's number to; what was not answered stays as it was. An event when it is another than before, and no news when there is no limit yet. */
export function sessionLimits(write: WriteContext, report: ReportOf<'session.limits'>): SQL {
  const { limits } = report;
  const given = sql`${JSON.stringify(limits)}::jsonb`;
  const isLimited =
    (limits.newChats != null && limits.newChats.status !== 'none') ||
    limits.timeLock?.active === true;
  const change = [
    ownedTarget(write),
    sql`was as (
      select session.whatsapp_limits as limits,
        coalesce(session.whatsapp_limits, '{"newChats":null,"timeLock":null}') || ${given} as merged
      from sessions session, target where session.id = target.id
    )`,
    sql`moved as (
      update sessions session set whatsapp_limits = was.merged, updated_at = now()
      from target, was
      where session.id = target.id and ${isNews(write)}
        and session.whatsapp_limits is distinct from was.merged
      returning session.id, session.whatsapp_limits as limits
    )`,
  ];
  const event = fact('session.limits', {
    ...reported(write, {
      beside: sql`join moved on moved.id = target.id
        join was on was.limits is not null or ${isLimited}::boolean`,
    }),
    data: { whatsapp: sql`moved.limits` },
  });
  return writeStatement(write, change, event);
}
