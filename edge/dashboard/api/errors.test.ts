import { describe, expect, test } from 'vitest';
import { errorOf, errorWithin, fieldErrors, isSaidAt } from './errors.ts';

describe('an error of the API', () => {
  const refused = errorOf(422, {
    success: false,
    error: {
      code: 'VALIDATION_ERROR',
      message: 'body.name: is required',
      details: { fields: [{ in: 'body', field: 'name', message: 'is required' }] },
    },
    meta: { requestId: 'req_1' },
  });

  test('keeps its code, words and request id', () => {
    expect(refused).toMatchObject({
      status: 422,
      code: 'VALIDATION_ERROR',
      message: 'body.name: is required',
      requestId: 'req_1',
    });
  });

  test('stands at its field', () => {
    expect(fieldErrors(refused)).toEqual({ name: 'is required' });
  });

  test('needs no words of its own where every field that it names is shown', () => {
    expect(isSaidAt(refused, ['name', 'url'])).toBe(true);
    expect(isSaidAt(refused, ['url'])).toBe(false);
    expect(isSaidAt(errorOf(500, null), ['name'])).toBe(false);
  });

  test('of one of several values stands at the field that holds them', () => {
    const fields = [{ in: 'body', field: 'allowedIps.1', message: 'must be an IP address' }];
    const error = errorOf(422, { error: { code: 'VALIDATION_ERROR', details: { fields } } });
    expect(errorWithin(fieldErrors(error), 'allowedIps')).toBe('must be an IP address');
    expect(errorWithin(fieldErrors(error), 'allowed')).toBeUndefined();
    expect(isSaidAt(error, ['allowedIps'])).toBe(true);
    expect(isSaidAt(error, ['allowed'])).toBe(false);
  });

  test('of the identity library is known by its reason', () => {
    const details = { reason: 'EMAIL_NOT_VERIFIED' };
    const error = errorOf(403, { error: { code: 'FORBIDDEN', message: 'x', details } });
    expect(error.reason).toBe('EMAIL_NOT_VERIFIED');
  });

  test.each([undefined, '<html>', null, { error: 'x' }])('that is %j is unreadable', (body) => {
    expect(errorOf(502, body)).toMatchObject({ status: 502, code: 'UNREADABLE' });
    expect(fieldErrors(errorOf(502, body))).toEqual({});
  });
});
