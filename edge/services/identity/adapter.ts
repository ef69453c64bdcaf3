import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import type { Database } from '../../db/client.ts';
import { authAccounts, authSessions, authVerifications } from '../../db/schema/identity.ts';
import { users } from '../../db/schema/users.ts';

type MakeAdapter = ReturnType<typeof drizzleAdapter>;

/**
 * The identity library's way to our tables. It looks for a user first and for their accounts then; here the second query is
 * asked for nobody too, so that an unknown address takes as long as a known one.
 */
export const identityAdapter =
  (db: Database): MakeAdapter =>
  (options) => {
    const adapter = drizzleAdapter(db, {
      provider: 'pg',
      schema: {
        user: users,
        session: authSessions,
        account: authAccounts,
        verification: authVerifications,
      },
    })(options);
    return {
      ...adapter,
      findOne: async (query) => {
        const found = await adapter.findOne<never>(query);
        if (found === null && query.model === 'user' && query.join?.['account'] !== undefined)
          await adapter.findMany({
            model: 'account',
            where: [{ field: 'userId', value: 'nobody' }],
          });
        return found;
      },
    };
  };
