import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client.ts';

export type Me = Schemas['Me'];

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => ask(api.GET('/v1/me')),
  staleTime: 60_000,
  retry: false,
});

/** The role in the workspace that the person acts in. */
export const roleOf = (me: Me): 'owner' | 'member' =>
  me.memberships.find(({ workspaceId }) => workspaceId === me.workspaceId)?.role ?? 'member';
