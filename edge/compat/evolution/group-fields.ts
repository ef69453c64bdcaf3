import { z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { groups } from '../../api/groups.ts';
import { operationOf } from '../alias.ts';
import { GROUP_JID } from './group-view.ts';

export const ours = (id: string): Row => operationOf(groups, id);

export const InGroup = z.object({
  groupJid: z.string().max(200).openapi({ example: GROUP_JID }),
});
export const people = z
  .array(z.union([z.string().max(200), z.number()]))
  .min(1)
  .max(1_000);
export const PEOPLE = ['15550100001', '15550100002'];

export const shownAs = <Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  fields: Shape,
  example: z.input<z.ZodObject<Shape>>,
) => z.object(fields).openapi(name, { example });
