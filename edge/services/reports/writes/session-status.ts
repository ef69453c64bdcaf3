import { type SQL, sql } from 'drizzle-orm';
import type { SessionStatus } from '../../../../shared/session-status.ts';
import { showAction } from '../../../../shared/session-actions.ts';
import { quarantineCredentials } from '../../credentials/internal.ts';
import { stopLease } from '../../ownership/internal.ts';
import { fact } from '../../../events/append.ts';
import { safeTimestamp } from '../safe-values.ts';
import {
  isNews,
  ownedTarget,
  reported,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

/** The owner's word on its session: the row, the log that people read, and `session.status`. */
export function sessionStatus(write: WriteContext, report: ReportOf<'session.status'>): SQL {
  const { spooled } = write;
  const at = safeTimestamp(spooled.occurredAt);
  const isOtherNumber = report.action === 'number_changed';
  // A number becomes the session's by being its first one online, or by the user's word (reconnectSession).
  const isFirstNumber = report.status === 'online' && !isOtherNumber;
  const ownNumber = sql`coalesce(session.phone_number, ${isFirstNumber ? report.phoneNumber : null}::text)`;
  const isOwn = sql`${report.phoneNumber}::text = ${ownNumber} and not ${isOtherNumber}::boolean`;
  const event = fact('session.status', {
    ...reported(write, { beside: sql`cross join moved` }),
    data: {
      from: sql`target.status`,
      status: report.status,
      reason: report.reason,
      phoneNumber: sql`moved.phone_number`,
      lid: sql`moved.lid`,
      displayName: sql`moved.display_name`,
      ...(report.action === undefined ? {} : { action: showAction(report.action) }),
      ...(isOtherNumber ? { newPhoneNumber: report.phoneNumber } : {}),
    },
  });
  const change = [
    ownedTarget(write),
    sql`moved as (
      update sessions session set
        status = ${report.status}, reason = ${report.reason},
        action = ${report.action ?? null}::text,
        reconnect_attempt = case when ${isComing(report.status)}::boolean then session.reconnect_attempt end,
        reconnect_at = case when ${isComing(report.status)}::boolean then session.reconnect_at end,
        phone_number = ${ownNumber},
        new_phone_number = case
          when ${isOtherNumber}::boolean then ${report.phoneNumber}::text
          when ${report.status} in ('online', 'logged_out') then null
          else session.new_phone_number end,
        lid = case when ${isOwn} then coalesce(${report.lid}, session.lid) else session.lid end,
        display_name = case when ${isOwn} then coalesce(${report.displayName}, session.display_name)
          else session.display_name end,
        phone_seen_at = case when ${report.status} = 'online' then coalesce(session.phone_seen_at, now())
          else session.phone_seen_at end,
        web_version = coalesce(${report.webVersion}, session.web_version),
        updated_at = now()
      from target
      where session.id = target.id and ${isNews(write)}
      returning session.id, session.phone_number, session.lid, session.display_name
    )`,
    ...(report.status === 'logged_out'
      ? [sql`unlinked as (${quarantineCredentials(sql`(select moved.id from moved)`)})`]
      : []),
    ...(isOver(report) ? [sql`rested as (${stopLease(sql`(select moved.id from moved)`)})`] : []),
    sql`logged as (
      insert into session_log (session_id, status, reason, epoch, at)
      select moved.id, ${report.status}, ${report.reason}, ${spooled.epoch}::int, ${at}::timestamptz from moved
      returning id
    )`,
  ];
  return writeStatement(write, change, event);
}

/** States in which a try to reconnect may still be to come. */
const isComing = (status: SessionStatus): boolean =>
  ['created', 'starting', 'reconnecting', 'failed'].includes(status);

/**
 * Only the user starts it again: somebody opened this link elsewhere, and taking it back would make the two fight; or nobody
 * linked a phone in time, and its place is for others.
 */
const isOver = ({ status, reason }: ReportOf<'session.status'>): boolean =>
  status === 'disconnected' && /^(?:conflict|qr_timeout)/.test(reason);

/** A code to type on the phone; a credential as the QR code is. */
export function sessionPairingCode(
  write: WriteContext,
  report: ReportOf<'session.pairing_code'>,
): SQL {
  const { code, expiresAt } = report;
  const event = fact('session.pairing_code', {
    ...reported(write),
    data: { code, expiresAt: safeTimestamp(expiresAt) },
  });
  return writeStatement(write, [ownedTarget(write)], event);
}

/** A fresh code to scan. It is a credential: `eraseExpiredCredentials` takes it out of the event when its time is over. */
export function sessionQr(write: WriteContext, report: ReportOf<'session.qr'>): SQL {
  const { qr, expiresAt } = report;
  const event = fact('session.qr', {
    ...reported(write),
    data: { qr, expiresAt: safeTimestamp(expiresAt) },
  });
  return writeStatement(write, [ownedTarget(write)], event);
}
