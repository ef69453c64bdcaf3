import * as whole from 'zod';
import { expect, it } from 'vitest';
import * as lean from './index.ts';

it('the zod that is deployed has all that zod has, but its languages', () => {
  const left = ['core', 'default', 'locales'];
  const names = Object.keys(whole).filter((name) => !left.includes(name));
  expect(Object.keys(lean).toSorted()).toEqual(names.toSorted());
  expect(lean.z.string().min(2).safeParse('x').error?.message).toBe(
    whole.z.string().min(2).safeParse('x').error?.message,
  );
});
