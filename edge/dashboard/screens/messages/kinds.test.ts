import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PLAIN_KINDS } from '../../../../shared/catalogue/kinds/plain.ts';
import {
  MESSAGE_KIND_NAMES,
  MESSAGE_KINDS,
  saidFields,
} from '../../../../shared/catalogue/message-kinds.ts';
import { fieldsOf, KIND_NAMES } from './kinds.ts';

const isRequired = (field: unknown): boolean =>
  !z.custom<z.ZodType>().parse(field).safeParse(undefined).success;
const requiredOf = (fields: object): string[] =>
  Object.entries(fields)
    .filter(([, field]) => isRequired(field))
    .map(([name]) => name)
    .toSorted();

it('the form has every kind that can be sent, and no other', () => {
  expect(KIND_NAMES.toSorted()).toEqual([...MESSAGE_KIND_NAMES].toSorted());
});

describe.each(KIND_NAMES)('the form of a %s', (kind) => {
  // The form asks for one card, of which the body is made.
  const fields =
    kind === 'contact' ? PLAIN_KINDS.contact.fields.contacts.element.shape : saidFields(kind);

  it('asks for what the API requires, and for a file where the kind has one', () => {
    const asked = fieldsOf(kind);
    expect(
      asked
        .filter(({ required }) => required)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(requiredOf(fields));
    expect(asked.filter(({ as }) => as === 'file')).toHaveLength(
      MESSAGE_KINDS[kind].media === null ? 0 : 1,
    );
    for (const { name } of asked) expect(Object.keys(fields)).toContain(name);
  });
});
