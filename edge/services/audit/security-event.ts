import { is, SQL, sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import { auditActor } from './audit-actor.ts';
import type { ServiceContext, Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import { memberOf } from '../users/ensure-workspace.ts';

export type SecurityAction =
  | 'key.created'
  | 'key.changed'
  | 'key.rotated'
  | 'key.revoked'
  | 'key.taken_over'
  | 'member.role_changed'
  | 'member.reach_changed'
  | 'member.removed'
  | 'member.left'
  | 'invitation.created'
  | 'invitation.revoked'
  | 'invitation.accepted'
  | 'workspace.tier_changed'
  | 'workspace.limit_changed'
  | 'workspace.suspended'
  | 'workspace.resumed'
  | 'user.created'
  | 'user.role_changed'
  | 'user.enabled'
  | 'user.disabled'
  | 'user.signed_up'
  | 'user.sign_up_repeated'
  | 'user.signed_in'
  | 'user.sign_in_failed'
  | 'user.signed_out'
  | 'account.linked'
  | 'password.reset'
  | 'password.changed'
  | 'sessions.revoked';

/** The request that an event came with. `/auth`, which knows the person only by what it does, gives no actor. */
export type Caller = Pick<ServiceContext, 'requestId' | 'callerAddress'> &
  Partial<Pick<ServiceContext, 'actor' | 'call'>>;

/** What else is worth knowing, or a `jsonb` expression. Never a secret, a message's text, nor a stranger's address. */
export type AuditDetails = Readonly<Record<string, unknown>> | SQL;

export const detailsOf = (details: AuditDetails | undefined): SQL | string | null => {
  if (details === undefined) return null;
  return is(details, SQL) ? details : JSON.stringify(details);
};

export type SecurityEvent = {
  /** Or an expression that chooses one. */
  action: SecurityAction | SQL;
  /** The workspace whose log it stands in; null for what an administrator does to people, which no workspace sees. */
  workspaceId: SQL | string | null;
  /** Id of what it happened to; null for nobody that we know. */
  target: SQL | string | null;
  /** Id of the person who did it, where the caller names no actor; null for one who did not show who they are. */
  userId?: SQL | string | null;
  details?: AuditDetails;
  /** What stands behind `from`: an event for each of its rows. Without it there is one, whatever happens. */
  from?: SQL;
};

/** The INSERT of security events, for a CTE of the statement that does what they tell of. */
export function securityInsert(caller: Caller, event: SecurityEvent): SQL {
  const { action, workspaceId, target, userId = null, details, from } = event;
  const { actorType, actorId } = auditActor(caller.actor);
  const person = actorId ?? userId;
  // The time part of an id, then randomness of the database's: there may be several rows.
  const idStart = newId('audit').slice(0, 14);
  return sql`
    insert into audit_log (id, workspace_id, kind, action, actor_type, actor_id, target, method, route, status, request_id,
      address, details)
    select ${idStart}::text || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16),
      (select own.id from workspaces own where own.id = ${workspaceId}::text), 'security', ${action}::text,
      case when ${caller.actor === undefined}::boolean and ${person}::text is not null then 'user' else ${actorType} end,
      ${person}::text, ${target}::text, ${caller.call?.method ?? null}::text, ${caller.call?.route ?? null}::text,
      ${caller.call?.successStatus ?? null}::smallint, ${caller.requestId}, ${caller.callerAddress ?? null}::text,
      ${detailsOf(details)}::jsonb
    ${from === undefined ? sql.empty() : sql`from ${from}`}`;
}

type NamedEvent = SecurityEvent & { action: SecurityAction };

type PersonsEvent = Pick<SecurityEvent, 'details' | 'from'> & {
  action: SecurityAction;
  /** It was done to them by somebody who did not show who they are. */
  byStranger?: true;
};

/** What somebody did to their own account, or a stranger to it: it stands in the log of the workspace they act in. */
export const personsEvent = (
  userId: SQL | string | null,
  { byStranger, ...event }: PersonsEvent,
): NamedEvent => ({
  ...event,
  workspaceId: memberOf(userId),
  target: userId,
  userId: byStranger === true ? null : userId,
});

/** Records what the identity library has done by itself. After the answer, so that it tells nothing by its time. */
export function recordSecurityEvent(
  services: Pick<Services, 'db' | 'log' | 'waitUntil'>,
  caller: Caller,
  event: NamedEvent,
): void {
  const written = Promise.resolve(services.db.execute(securityInsert(caller, event)));
  services.waitUntil(
    written.catch((error: unknown) => {
      const { requestId } = caller;
      const { action } = event;
      services.log({ event: 'security_event_lost', requestId, action, ...describeError(error) });
    }),
  );
}
