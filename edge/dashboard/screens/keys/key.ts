import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../../api/client.ts';
import { t } from '../../messages/en.ts';

export type ApiKey = Schemas['ApiKey'];

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => ask(api.GET('/v1/keys')),
});

export type Scope = keyof typeof t.keys.scopes;
// Object.keys says string; the table of words is closed.
export const SCOPES = Object.keys(t.keys.scopes) as Scope[];
