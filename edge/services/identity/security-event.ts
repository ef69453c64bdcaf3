import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { describeError } from '../../http/describe-error.ts';

export type SecurityAction =
  | 'user.signed_up'
  | 'user.sign_up_repeated'
  | 'user.signed_in'
  | 'user.sign_in_failed'
  | 'user.signed_out'
  | 'user.role_changed'
  | 'account.linked'
  | 'password.reset'
  | 'password.changed'
  | 'sessions.revoked';

/** Where a request to /auth came from, for the rows that it leaves. */
export type Caller = { requestId: string; address: string | null };

export type SecurityEvent = {
  action: SecurityAction;
  /** Whom it happened to; null for nobody that we know. */
  userId: string | SQL | null;
  /** It was done to them by somebody who did not show who they are. */
  byStranger?: true;
  /** Never an address of somebody who has no account. */
  details?: Readonly<Record<string, unknown>>;
  /** CTE whose rows say that it happened; without it the row is written whatever happens. */
  from?: string;
};

/** The INSERT of a security event's row, for a CTE of the statement that does it. */
export function securityInsert(caller: Caller, event: SecurityEvent): SQL {
  const { action, userId, details, from } = event;
  const actorId = event.byStranger === true ? null : userId;
  return sql`
    insert into audit_log (id, workspace_id, kind, action, actor_type, actor_id, target, request_id, address, details)
    select ${newId('audit')},
      (select workspace_id from users where id = ${userId}::text), 'security', ${action},
      case when ${actorId}::text is null then 'none' else 'user' end, ${actorId}::text, ${userId}::text,
      ${caller.requestId}, ${caller.address}::text,
      ${details === undefined ? null : JSON.stringify(details)}::jsonb
    ${from === undefined ? sql.empty() : sql`from ${sql.identifier(from)}`}`;
}

/** Records what the identity library has done by itself. After the answer, so that it tells nothing by its time. */
export function recordSecurityEvent(
  services: Pick<Services, 'db' | 'log' | 'waitUntil'>,
  caller: Caller,
  event: Omit<SecurityEvent, 'from'>,
): void {
  const written = Promise.resolve(services.db.execute(securityInsert(caller, event)));
  services.waitUntil(
    written.catch((error: unknown) => {
      services.log({ event: 'security_event_lost', action: event.action, ...describeError(error) });
    }),
  );
}
