import { describe, expect, it } from 'vitest';
import { AppError, ERROR_CODES, ERRORS } from './errors.ts';

describe.each(ERROR_CODES)('%s', (code) => {
  it('has a status of a refusal, and says in full sentences what is wrong and what to do', () => {
    const { status, message, advice } = ERRORS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    for (const text of [message, advice]) expect(text).toMatch(/^[A-Z`].*[.>`]$/);
  });

  it('is an error with the words of the table, unless it has its own', () => {
    const error = new AppError(code);
    expect(error).toMatchObject({ code, name: 'AppError', ...pick(code) });
    expect(new AppError(code, 'Its own words.', { at: 1 })).toMatchObject({
      message: 'Its own words.',
      details: { at: 1 },
    });
  });
});

const pick = (code: keyof typeof ERRORS) => {
  const { status, retryable, message } = ERRORS[code];
  return { status, retryable, message };
};
