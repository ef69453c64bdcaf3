import { z } from '@hono/zod-openapi';
import { Group } from '../../../shared/catalogue/live/groups.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Row } from '../../api/operation.ts';
import { alias, answerOf, reportIgnored } from '../alias.ts';
import { json } from '../json-answer.ts';
import { ours, PEOPLE, people } from './group-fields.ts';
import { EvolutionGroup, showGroup } from './group-view.ts';
import { BASE, CALLED, Instance } from './route.ts';

export const createGroup: Row = alias({
  id: 'evolutionCreateGroup',
  method: 'post',
  path: `${BASE}/group/create/{instance}`,
  summary: 'Create a group',
  description:
    'A group that is made, but may not have its description, is answered with `Waypost-Ignored: description`.',
  calls: [ours('createGroup'), ours('updateGroup')],
  params: Instance,
  body: {
    schema: z.object({
      subject: z.string(),
      description: z.string().nullish(),
      participants: people,
    }),
    example: { subject: 'Book club', participants: PEOPLE },
  },
  responses: { 201: json('The group.', EvolutionGroup) },
  run: async ({ params: { instance: sessionId }, body }, c) => {
    const { subject, description, participants: members } = body;
    const called = { ...CALLED, members: 'participants' };
    const made = await ours('createGroup').call(c, {
      body: { sessionId, subject, members },
      called,
    });
    const { group } = (await answerOf(made, z.object({ group: Group }))).data;
    if (description == null || description === '') return c.json(showGroup(group), 201);
    const given = { params: { id: group.id }, body: { sessionId, description }, called };
    try {
      const own = await ours('updateGroup').call(c, given);
      return c.json(showGroup((await answerOf(own, Group)).data), 201);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // The group is there. As a failure this would make the caller create a second one.
      reportIgnored(c, ['description']);
      return c.json(showGroup(group), 201);
    }
  },
});
