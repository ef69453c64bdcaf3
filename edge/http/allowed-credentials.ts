/** Names of the security schemes in the OpenAPI document. */
const KEY_SCHEMES = ['bearerKey', 'apiKey'];
const USER_SCHEMES = ['userToken', 'supabaseToken', 'cookie'];

type Security = Record<string, string[]>[];

const anyOf = (schemes: readonly string[]): Security => schemes.map((scheme) => ({ [scheme]: [] }));

const forRole = (role: 'user' | 'owner' | 'admin') => ({
  security: anyOf(USER_SCHEMES),
  'x-required-role': role,
});

/** What an operation takes that says nothing else: keys with the scope, and users. */
export const keysAndUsers: Security = anyOf([...KEY_SCHEMES, ...USER_SCHEMES]);

/*
 * What an operation takes, spread into its route: `...ownersOnly`. Its service holds the caller to it, by `userOf`,
 * `requireOwner` and `requireAdmin`; the battery of every-route.test.ts sees to it that the two agree.
 */

/** API keys, whatever their scopes. */
export const keysOnly: { security: Security } = { security: anyOf(KEY_SCHEMES) };

/** Signed-in people, whatever their role. */
export const usersOnly = forRole('user');

/** Owners of the workspace. */
export const ownersOnly = forRole('owner');

/** Platform administrators. */
export const adminsOnly = forRole('admin');

/** Anybody, with or without a credential. */
export const open: { security: Security } = { security: [] };
