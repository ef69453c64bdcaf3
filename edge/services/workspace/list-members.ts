import { and, desc, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { members, users } from '../../db/schema/index.ts';
import { userOf } from '../users/require-role.ts';
import { MEMBER_COLUMNS, type MemberView, viewMember } from './member-view.ts';

/** Who belongs to the workspace, newest first. For its people: a key learns nobody's address. */
export async function listMembers({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { cursor: Cursor | null; limit: number };
}): Promise<{ members: MemberView[]; nextCursor: string | null }> {
  userOf(ctx);
  const { cursor, limit } = input;
  const rows = await ctx.db
    .select(MEMBER_COLUMNS)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.workspaceId, ctx.workspaceId),
        beforeCursor(cursor, { at: members.createdAt, id: members.userId }),
      ),
    )
    .orderBy(desc(members.createdAt), desc(members.userId))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, (row) => ({
    at: row.createdAt,
    id: row.userId,
  }));
  return { members: page.map(viewMember), nextCursor };
}
