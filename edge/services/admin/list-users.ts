import { and, desc, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { users } from '../../db/schema/index.ts';
import { requireAdministrator } from './require-administrator.ts';
import { type UserView, viewUser } from './user-view.ts';

/** Everybody, newest first; `email` narrows to addresses that have it in them. */
export async function listUsers({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { cursor: Cursor | null; limit: number; email: string | null };
}): Promise<{ users: UserView[]; nextCursor: string | null }> {
  requireAdministrator(ctx);
  const { cursor, limit, email } = input;
  const rows = await ctx.db
    .select()
    .from(users)
    .where(
      and(
        email === null ? undefined : sql`strpos(${users.email}, ${email.toLowerCase()}) > 0`,
        beforeCursor(cursor, { at: users.createdAt, id: users.id }),
      ),
    )
    .orderBy(desc(users.createdAt), desc(users.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, (row) => ({ at: row.createdAt, id: row.id }));
  return { users: page.map(viewUser), nextCursor };
}
