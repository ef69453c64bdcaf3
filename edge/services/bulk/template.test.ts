import { describe, expect, test } from 'vitest';
import { fillIn, variablesIn } from './template.ts';

const text = (words: string) => ({ type: 'text' as const, text: words, linkPreview: true });

test.each([
  ['nothing', []],
  ['{{name}}, {{ name }} and {{order no}}', ['name', 'order no']],
  ['{name} {{}} {{{{a}}}}', ['', 'a']],
  ['{{\n}}{{a\u00e9}}', ['', 'a\u00e9']],
])('%j names %j', (words, names) => {
  expect(variablesIn(text(words))).toEqual(names);
});

test('every text of a message is looked at', () => {
  const poll = {
    type: 'poll' as const,
    name: '{{a}}',
    options: ['{{b}}', 'c'],
    allowMultiple: true,
  };
  expect(variablesIn(poll)).toEqual(['a', 'b']);
  expect(fillIn(poll, { a: 'A', b: 2 })).toEqual({ ...poll, name: 'A', options: ['2', 'c'] });
});

describe('a value', () => {
  test.each([
    ['is text', 'Ada', 'Hi Ada!'],
    ['may be a number', 0, 'Hi 0!'],
    ['may be empty', '', 'Hi !'],
    ['is not read again', '{{name}}', 'Hi {{name}}!'],
    ['is no pattern', '$& $1', 'Hi $& $1!'],
  ])('%s', (_what, value, words) => {
    expect(fillIn(text('Hi {{ name }}!'), { name: value })).toEqual(text(words));
  });
});

test.each([
  ['a text', text('{{a}}'.repeat(13_000))],
  [
    'several',
    {
      type: 'poll' as const,
      name: 'a',
      options: Array<string>(33).fill('{{a}}'),
      allowMultiple: true,
    },
  ],
])('%s that its values make far too long is not filled in', (_what, said) => {
  expect(() => fillIn(said, { a: 'x'.repeat(4_096) })).toThrow('far too long');
});
