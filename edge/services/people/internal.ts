import { type SQL, sql } from 'drizzle-orm';

/** What sessions know of a person beside the ids; null for nobody whom they have met under a LID. */
export type Names = { username: string | null; name: string | null } | null;

const NAMES = sql`jsonb_build_object('username', known.username, 'name', known.name)`;

/** The names of who wrote a row of `messages`. */
export const senderNames: SQL<Names> = sql`(
  select ${NAMES} from person_ids known
  where known.session_id = messages.session_id and known.lid = messages.from_lid
)`;

/** The names of a row's person, `person_id` and `lid`, as a session of its workspace met them last. */
export const personNames = (table: 'leads' | 'opt_outs'): SQL<Names> => {
  const row = sql.identifier(table);
  return sql`(
    select ${NAMES} from person_ids known join sessions s on s.id = known.session_id
    where s.workspace_id = ${row}.workspace_id
      and (known.lid in (${row}.person_id, ${row}.lid) or known.phone_id = ${row}.person_id)
    order by known.created_at desc limit 1
  )`;
};
