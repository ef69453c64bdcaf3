import { queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { paged } from '../../api/paged.ts';

export type Person = Schemas['ContactSummary'];
export type Group = Schemas['GroupSummary'];

export const contactsQuery = (sessionId: string) =>
  paged(['contacts', sessionId], (page) =>
    askWhole(api.GET('/v1/contacts', { params: { query: { sessionId, limit: 50, ...page } } })),
  );

export const contactQuery = (sessionId: string, id: string) =>
  queryOptions({
    queryKey: ['contacts', sessionId, id],
    queryFn: () =>
      ask(api.GET('/v1/contacts/{id}', { params: { path: { id }, query: { sessionId } } })),
  });

export const groupsQuery = (sessionId: string) =>
  paged(['groups', sessionId], (page) =>
    askWhole(api.GET('/v1/groups', { params: { query: { sessionId, limit: 50, ...page } } })),
  );

export const groupQuery = (sessionId: string, id: string) =>
  queryOptions({
    queryKey: ['groups', sessionId, id],
    queryFn: () =>
      ask(api.GET('/v1/groups/{id}', { params: { path: { id }, query: { sessionId } } })),
  });
