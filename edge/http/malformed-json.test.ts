import { describe, expect, test } from 'vitest';
import { malformedJson } from './malformed-json.ts';

describe('a body that is no JSON', () => {
  test.each([
    ['a line break in a string', '{"to": "+1",\n "text": "one\ntwo"}', 2, 14, /line break.*\\n/],
    ['a tab in a string', '{"text": "a\tb"}', 1, 12, /tab.*\\t/],
    ['a control character', '{"text": "a\u0007b"}', 1, 12, /U\+0007/],
    ['a comma at the end', '{"a": 1,}', 1, 9, /comma too many/],
    ['a comma at the end of a list', '{"a": [1, ]}', 1, 11, /comma too many/],
    ['single quotes', "{'a': 1}", 1, 2, /double quotes/],
    ['curly quotes', '{“a”: 1}', 1, 2, /double quotes/],
    ['a name without quotes', '{a: 1}', 1, 2, /unexpected "a"/],
    ['a missing comma', '{"a": 1 "b": 2}', 1, 9, /comma/],
    ['a missing brace', '{"a": {"b": 1}', 1, 15, /ends too early/],
    ['a missing quote', '{"a": "b', 1, 9, /ends too early/],
    ['two values', '{"a": 1}{"b": 2}', 1, 9, /unexpected "\{"/],
    ['a word', '{"a": NaN}', 1, 7, /unexpected "N"/],
    ['a word that begins well', '{"a": trUe}', 1, 9, /unexpected "U"/],
  ])('%s', (_what, text, line, column, cause) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    const { code, details, message } = malformedJson(text);
    expect({ code, ...details }).toEqual({
      code: 'MALFORMED_JSON',
      line,
      column,
      cause: expect.stringMatching(cause),
    });
    expect(message).toContain(`line ${line}, column ${column}`);
  });

  test('of the longest that is read', () => {
    const text = `{"text": "${'x'.repeat(500_000)}",}`;
    expect(malformedJson(text).details).toMatchObject({ line: 1, column: 500_013 });
  });
});
